import { words } from '#platform/fhir';
import { authors, institution, nameOf, type DischargeFacts } from './discharge-facts.ts';
import { header } from './discharge-header.ts';
import type { DischargeSection } from './discharge-sections.ts';
import { paragraph, table } from './narrative.ts';
import { leftOutRemark, type LeftOut } from './observation-series.ts';
import { madeBy, type TransitionRules } from './transition-rules.ts';

export const summaryType = {
  coding: [{ system: 'http://loinc.org', code: '18842-5', display: 'Discharge summary' }],
  text: 'Discharge summary',
};

/** The ids of a document's resources and the document's own identifier; the discharge decides them all. */
export interface DischargeIds {
  readonly bundle: string;
  readonly composition: string;
  readonly documentReference: string;
  /** A UUID: what the document is known by wherever it goes. */
  readonly document: string;
}

export function summaryIdentifier(ids: DischargeIds): object {
  return { system: 'urn:ietf:rfc:3986', value: `urn:uuid:${ids.document}` };
}

/** A resource that Septum writes itself, as JSON text. */
export interface WrittenResource {
  readonly type: string;
  readonly id: string;
  readonly text: string;
}

/** What a document is made by, and what it follows. */
export interface DocumentMaking {
  readonly ids: DischargeIds;
  /** The date of the document. */
  readonly time: string;
  readonly rules: TransitionRules;
  /** The Compositions and DocumentReferences of earlier discharges from the same stay, as `Type/id`. */
  readonly replaced: readonly string[];
  /** What was observed so often that the facts of the stay have only part of it; absent: nothing. */
  readonly leftOut?: LeftOut;
  /** Where the API is, `https://fhir.hospital.example/fhir/R4`: the full URLs begin so. Absent: it was not known. */
  readonly base?: string;
}

export function compositionOf(stay: DischargeFacts, making: DocumentMaking): WrittenResource {
  const { ids, time, rules, replaced, leftOut = {} } = making;
  const encounter = stay.encounter.fields;
  const custodian = institution(stay);
  const id = ids.composition;
  const composition = {
    resourceType: 'Composition',
    id,
    meta: madeBy(rules),
    text: header(stay, making),
    identifier: summaryIdentifier(ids),
    status: 'final',
    type: summaryType,
    ...(encounter['subject'] === undefined ? {} : { subject: encounter['subject'] }),
    encounter: { reference: `Encounter/${stay.encounter.id}` },
    date: time,
    author: authors(stay),
    title: rules.document.title,
    ...(custodian === undefined ? {} : { custodian }),
    ...relatesTo(replaced, 'Composition', 'targetReference'),
    event: [
      {
        ...(encounter['period'] === undefined ? {} : { period: encounter['period'] }),
        detail: [{ reference: `Encounter/${stay.encounter.id}` }],
      },
    ],
    section: rules.document.sections.flatMap((section) => sectionOf(section, stay, leftOut) ?? []),
  };
  return { type: 'Composition', id, text: JSON.stringify(composition) };
}

/** `relatesTo` of a document's part: it replaces those of its own type. */
export function relatesTo(replaced: readonly string[], type: string, target: string): object {
  const own = replaced.filter((reference) => reference.startsWith(`${type}/`));
  if (own.length === 0) return {};
  return { relatesTo: own.map((reference) => ({ code: 'replaces', [target]: { reference } })) };
}

/** Nothing for one that is left out. */
function sectionOf(section: DischargeSection, stay: DischargeFacts, leftOut: LeftOut): object | undefined {
  const facts = [stay.encounter, ...stay.others].filter((fact) => section.holds(fact, stay));
  const head = {
    title: section.title,
    code: { coding: [{ system: 'http://loinc.org', code: section.code, display: section.display }] },
  };
  const remark = section.remark?.(stay);
  if (facts.length === 0) {
    if (section.isOptional) return undefined;
    const said = [section.absent, remark].filter(Boolean).join(' ');
    return { ...head, text: paragraph(said), emptyReason: section.emptyReason ?? emptyReason };
  }
  const named = (reference: unknown) => nameOf(reference, stay);
  const rows = facts.flatMap((fact) => {
    const row = section.row(fact, named, stay);
    return row === undefined ? [] : [row];
  });
  const entry = facts.map((fact) => ({ reference: `${fact.type}/${fact.id}` }));
  const remarks = [remark, leftOutRemark(facts, stay.encounter.id, leftOut)].filter(Boolean).join(' ');
  return { ...head, text: table(section.columns, rows, words(remarks)), entry };
}

/** https://hl7.org/fhir/R4/valueset-list-empty-reason.html: nothing is known here, which is not "there is none". */
const emptyReason = {
  coding: [
    {
      system: 'http://terminology.hl7.org/CodeSystem/list-empty-reason',
      code: 'unavailable',
      display: 'Unavailable',
    },
  ],
};
