/**
 * What a literal reference says. https://hl7.org/fhir/R4/references.html#literal
 */
import { isResourceType } from './definitions.ts';

export interface ReferenceValue {
  /** The target's resource type, when the reference names it. */
  readonly type?: string;
  /** Only of a reference to a resource of this installation. */
  readonly id?: string;
  /** Of any other reference: as written. */
  readonly url?: string;
}

const tail = /^(?:(.*)\/)?([A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;

/**
 * Reads `Patient/1`, `Patient/1/_history/2`, `https://own.example/fhir/R4/Patient/1`, foreign URLs and URNs. Absolute
 * references below `ownBase` (without a slash at its end) are this installation's own.
 */
export function parseReference(reference: string, ownBase?: string): ReferenceValue {
  const parts = tail.exec(reference);
  const type = parts?.[2];
  if (!type || !isResourceType(type)) return { url: reference };
  const base = parts[1];
  if (base === undefined || base === ownBase) return { type, id: parts[3]! };
  return { type, url: reference };
}

/** `Type/id` of a reference to a resource of this installation, however it is written; of any other: undefined. */
export function localReference(reference: unknown, ownBase?: string): string | undefined {
  if (typeof reference !== 'string') return undefined;
  const { type, id } = parseReference(reference, ownBase);
  return type === undefined || id === undefined ? undefined : `${type}/${id}`;
}
