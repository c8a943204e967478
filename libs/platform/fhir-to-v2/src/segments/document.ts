/** TXA and OBX of a document. https://www.hl7.eu/HL7v2x/v251/std251/ch09.html */
import { Fault } from '#platform/fhir';
import type { SegmentContent } from '#platform/hl7v2';
import { concept, entity, moment, type Authority, type Components } from '../datatypes.ts';
import type { Element } from '../element.ts';
import { readable } from '../narrative.ts';
import { person, type Source } from '../parties.ts';
import { every, present, segment } from '../segment.ts';

/**
 * The document twice over: for people, each section as formatted text (FT) under its LOINC code, which receivers show
 * and file; for programs, the document Bundle itself, byte for byte, in one OBX of type ED. So nothing of it is left out.
 */
export function documentSegments(source: Source, text: string, sender: Authority): SegmentContent[] {
  const [composition] = source.bundle.all('Composition');
  if (!composition)
    throw new Fault('invalid', 'A document Bundle begins with its Composition. Give one that has it.');
  const kind = documentType(composition, source);
  const status = resultStatus(composition);
  const at = moment(composition.text('date'));
  const observations = [
    { kind, value: heading(composition) },
    ...composition.all('section').flatMap((one) => section(one, source)),
  ].filter(({ value }) => value !== '');
  return [
    header(composition, kind, source),
    ...observations.map(({ kind: code, value }, index) =>
      segment('OBX', { 1: String(index + 1), 2: 'FT', 3: code, 5: value, 11: status, 14: at }),
    ),
    segment('OBX', {
      1: String(observations.length + 1),
      2: 'ED',
      3: kind,
      // Of the sender's application, MIME type application/fhir+json (tables 0834 and 0291).
      5: [sender, 'application', 'fhir+json', 'Base64', Buffer.from(text, 'utf8').toString('base64')],
      11: status,
      14: at,
    }),
  ];
}

function header(composition: Element, kind: Components, source: Source): SegmentContent {
  const { bundle, vocabulary } = source;
  const authors = present(composition.all('author').map((one) => person(one, source)));
  const date = moment(composition.text('date'));
  const number = entity(bundle.head.one('identifier') ?? composition.one('identifier'), vocabulary);
  if (!number)
    throw new Fault(
      'invalid',
      'The document has no identifier. Give it a Bundle.identifier, which TXA-12 needs.',
    );
  return segment('TXA', {
    1: '1',
    2: kind,
    3: 'FT',
    4: date,
    5: every(authors),
    6: date,
    9: every(authors),
    12: number,
    13: entity(replaced(composition), vocabulary),
    17: completion(composition),
    18: vocabulary.plainCodeOf('DocumentConfidentialityStatus', composition.text('confidentiality')),
    19: 'AV',
    22: every(present(composition.all('attester').map((one) => attested(one, source)))),
  });
}

/** TXA-2: the code of the document, and what table 0270 calls it, for those who know only that. */
function documentType(composition: Element, { vocabulary }: Source): Components {
  const type = concept(composition.one('type'), vocabulary) ?? [];
  const [code] = type;
  const local = typeof code === 'string' ? table0270[code] : undefined;
  return local && type[3] === undefined ? [...type.slice(0, 3), ...local, 'HL70270', ...type.slice(6)] : type;
}

const table0270: Readonly<Record<string, readonly [string, string]>> = {
  '18842-5': ['DS', 'Discharge summary'],
  '18761-7': ['TS', 'Transfer summary'],
  '11488-4': ['CN', 'Consultation'],
  '34117-2': ['HP', 'History and physical examination'],
  '11506-3': ['PR', 'Progress note'],
  '28570-0': ['PN', 'Procedure note'],
};

/** TXA-17, table 0271: what somebody vouched for by law, by profession, or what is documented or still in progress. */
function completion(composition: Element): string {
  const status = composition.text('status');
  if (status === 'entered-in-error')
    throw new Fault(
      'business-rule',
      'The document was recorded in error. Do not send it as a new one (T02).',
    );
  if (status === 'preliminary') return 'IP';
  const modes = composition.unnoticed.all('attester').map((one) => one.text('mode'));
  if (modes.includes('legal')) return 'LA';
  return modes.includes('professional') || modes.includes('official') ? 'AU' : 'DO';
}

/** OBX-11, table 0085. */
function resultStatus(composition: Element): string {
  const status = composition.peek('status') ?? '';
  return { preliminary: 'P', amended: 'C' }[status] ?? 'F';
}

function replaced(composition: Element): Element | undefined {
  const relation = composition.all('relatesTo').find((one) => one.peek('code') === 'replaces');
  return relation?.one('targetIdentifier') ?? relation?.one('targetReference')?.one('identifier');
}

/** PPN: who, and when. */
function attested(attester: Element, source: Source): Components | undefined {
  const who = person(attester.one('party'), source);
  if (!who) return undefined;
  const first = Array.from({ length: 14 }, (_, at) => who[at]);
  return [...first, moment(attester.text('time'))];
}

interface Told {
  readonly kind: Components;
  readonly value: string;
}

function heading(composition: Element): string {
  const title = composition.text('title') ?? '';
  return [title, readable(composition.one('text')?.text('div'))].filter(Boolean).join('\n');
}

function section(from: Element, source: Source): Told[] {
  const title = from.text('title');
  const kind = concept(from.one('code'), source.vocabulary) ?? ['', title];
  const told = readable(from.one('text')?.text('div')) || emptiness(from);
  const value = [title, told].filter(Boolean).join('\n');
  return [{ kind, value }, ...from.all('section').flatMap((inner) => section(inner, source))];
}

function emptiness(from: Element): string {
  const reason = from.one('emptyReason');
  const said = reason?.text('text') ?? reason?.all('coding')[0]?.text('display');
  return said === undefined ? '' : `No entries: ${said}`;
}
