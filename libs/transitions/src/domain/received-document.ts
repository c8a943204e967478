import { all, fields, words, type Fields } from './fact.ts';
import { saidOf, type PatientIdentifier, type ReceivedBundle } from './received-bundle.ts';

/** A DocumentReference that is here, as far as it matters whether another document replaces it. */
export interface EarlierDocument {
  readonly id: string;
  readonly version: number;
  readonly fields: Fields;
}

/**
 * The identifiers by which the documents are found that this one replaces: those it names, and its own that all its
 * versions share (`Composition.identifier`, the setId of other standards).
 */
export function relatedIdentifiers({ first }: ReceivedBundle): readonly PatientIdentifier[] {
  return [first['identifier'], ...replaced(first)].flatMap((identifier) => {
    const { system, value } = fields(identifier);
    return words(system) && words(value) ? [{ system: String(system), value: String(value) }] : [];
  });
}

function replaced(composition: Fields): readonly unknown[] {
  return all(composition['relatesTo'])
    .filter(({ code }) => code === 'replaces')
    .map(
      ({ targetIdentifier, targetReference }) => targetIdentifier ?? fields(targetReference)['identifier'],
    );
}

/** Whether a document that is here is older than this one, or the one that it says it replaces. */
function isReplaced({ fields: earlier }: EarlierDocument, { first }: ReceivedBundle): boolean {
  const named = replaced(first).map(fields);
  const own = [fields(earlier['masterIdentifier']), ...all(earlier['identifier'])];
  const isNamed = named.some((one) =>
    own.some(({ system, value }) => system === one['system'] && value === one['value']),
  );
  return isNamed || !isLater(writtenAt(earlier), first['date']);
}

/** When a document itself was written, which is not when it was sent. */
function writtenAt(reference: Fields): unknown {
  return fields(all(reference['content'])[0]?.['attachment'])['creation'] ?? reference['date'];
}

function isLater(one: unknown, other: unknown): boolean {
  return Date.parse(String(one)) > Date.parse(String(other));
}

/**
 * By what a document is found that somebody sent, and those it replaces, which are not current any more. One that comes
 * late, after its own successor, is not current itself. https://hl7.org/fhir/R4/documentreference.html
 */
export function receivedDocument(
  id: string,
  document: ReceivedBundle,
  ids: { readonly bundle: string; readonly patient: string },
  earlier: readonly EarlierDocument[],
): { readonly reference: Fields; readonly superseded: readonly EarlierDocument[] } {
  const superseded = earlier.filter((one) => isReplaced(one, document));
  const isLate = superseded.length < earlier.length;
  const reference = {
    ...described(id, document, ids),
    status: isLate ? 'superseded' : 'current',
    ...(superseded.length === 0
      ? {}
      : {
          relatesTo: superseded.map((one) => ({
            code: 'replaces',
            target: { reference: `DocumentReference/${one.id}` },
          })),
        }),
  };
  const withdrawn = superseded
    .filter((one) => one.fields['status'] === 'current')
    .map((one) => ({ ...one, fields: { ...one.fields, status: 'superseded' } }));
  return { reference, superseded: withdrawn };
}

function described(
  id: string,
  { first, follow, identifier, timestamp }: ReceivedBundle,
  ids: { readonly bundle: string; readonly patient: string },
): Fields {
  const date = words(timestamp) ?? words(first['date']);
  const custodian = saidOf(first['custodian'], follow);
  const author = all(first['author']).flatMap((one) => saidOf(one, follow) ?? []);
  const title = words(first['title']);
  return {
    resourceType: 'DocumentReference',
    id,
    ...(identifier === undefined ? {} : { masterIdentifier: identifier }),
    ...(first['identifier'] === undefined ? {} : { identifier: [first['identifier']] }),
    docStatus: docStatuses[String(first['status'])] ?? 'final',
    type: first['type'],
    ...(first['category'] === undefined ? {} : { category: first['category'] }),
    subject: { reference: `Patient/${ids.patient}` },
    ...(instant(date) === undefined ? {} : { date: instant(date) }),
    ...(author.length === 0 ? {} : { author }),
    ...(custodian === undefined ? {} : { custodian }),
    ...(title === undefined ? {} : { description: title }),
    content: [
      {
        attachment: {
          contentType: 'application/fhir+json',
          url: `Bundle/${ids.bundle}`,
          ...(title === undefined ? {} : { title }),
          ...(words(first['date']) === undefined ? {} : { creation: first['date'] }),
        },
      },
    ],
  };
}

const docStatuses: Readonly<Record<string, string>> = {
  preliminary: 'preliminary',
  final: 'final',
  amended: 'amended',
  'entered-in-error': 'entered-in-error',
};

/** DocumentReference.date is an instant; a Composition may know the day alone. */
function instant(date: string | undefined): string | undefined {
  return date !== undefined && /T\d\d:\d\d:\d\d/.test(date) ? date : undefined;
}
