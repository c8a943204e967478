import { type Fields, all, fields, words } from '#platform/fhir';
import { saidOf, type KnownBy, type ReceivedBundle } from './received-bundle.ts';

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
export function relatedIdentifiers(document: ReceivedBundle): readonly KnownBy[] {
  return [document.first['identifier'], ...replaced(document)].flatMap((identifier) => {
    const { system, value } = fields(identifier);
    return words(system) && words(value) ? [{ system: String(system), value: String(value) }] : [];
  });
}

function replaced({ first, address }: ReceivedBundle): readonly unknown[] {
  return all(first['relatesTo'])
    .filter(({ code }) => code === 'replaces')
    .map(({ targetIdentifier, targetReference }) => {
      const { identifier, reference } = fields(targetReference);
      return targetIdentifier ?? identifier ?? addressed(absolute(words(reference), address));
    });
}

/** A URL or URN as an identifier. https://hl7.org/fhir/R4/datatypes.html#Identifier */
function addressed(address: string | undefined): object | undefined {
  return address === undefined ? undefined : { system: 'urn:ietf:rfc:3986', value: address };
}

/** References in a Bundle are relative to the address of what has them. https://hl7.org/fhir/R4/bundle.html#references */
function absolute(reference: string | undefined, from: string | undefined): string | undefined {
  const base = /^(https?:.*\/)[A-Za-z]+\/[A-Za-z0-9\-.]+$/.exec(from ?? '')?.[1];
  const isRelative = /^[A-Za-z]+\/[A-Za-z0-9\-.]+$/.test(reference ?? '');
  return isRelative && base !== undefined ? `${base}${reference}` : reference;
}

/** Whether a document that is here is older than this one, or the one that it says it replaces. */
function isReplaced({ fields: earlier }: EarlierDocument, document: ReceivedBundle): boolean {
  const named = replaced(document).map(fields);
  const own = [fields(earlier['masterIdentifier']), ...all(earlier['identifier'])];
  const isNamed = named.some((one) =>
    own.some(({ system, value }) => system === one['system'] && value === one['value']),
  );
  return isNamed || !isLater(writtenAt(earlier), document.first['date']);
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
  { first, address, follow, identifier, timestamp }: ReceivedBundle,
  ids: { readonly bundle: string; readonly patient: string },
): Fields {
  const date = words(timestamp) ?? words(first['date']);
  const custodian = saidOf(first['custodian'], follow);
  const author = all(first['author']).flatMap((one) => saidOf(one, follow) ?? []);
  const title = words(first['title']);
  const known = [first['identifier'], addressed(address)].filter(Boolean);
  return {
    resourceType: 'DocumentReference',
    id,
    ...(identifier === undefined ? {} : { masterIdentifier: identifier }),
    ...(known.length === 0 ? {} : { identifier: known }),
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
