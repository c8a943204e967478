import type { Resource } from './fhir.ts';

/** A DocumentReference: by it documents are found, and it says what to think of one. https://hl7.org/fhir/R4/documentreference.html */
export interface Attached extends Resource {
  readonly status?: string;
  readonly docStatus?: string;
  readonly description?: string;
  readonly date?: string;
  readonly content?: readonly { readonly attachment?: { readonly url?: string } }[];
}

const withdrawn = 'Withdrawn: recorded in error';
const standings: Readonly<Record<string, string>> = {
  'entered-in-error': withdrawn,
  superseded: 'Replaced by a newer document',
  preliminary: 'Preliminary',
};

/** What keeps a document from being taken for a good one, in words; '' when nothing does. */
export function standingOf({ status = '', docStatus = '' }: Attached): string {
  if (docStatus === 'entered-in-error') return withdrawn;
  return standings[status] ?? standings[docStatus] ?? '';
}

/** The id of the Bundle that the document is. It never changes, so what became of it is only said by the reference. */
export function bundleOf({ content }: Attached): string | undefined {
  return /(?:^|\/)Bundle\/([A-Za-z0-9.-]+)/.exec(content?.[0]?.attachment?.url ?? '')?.[1];
}
