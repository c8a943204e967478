import { createHash } from 'node:crypto';
import { Fault, idForm, isResourceType, sliceBundle, type EntryResource } from '#platform/fhir';

/** A resource as it was found in what is imported. */
export interface FoundResource {
  readonly type: string;
  readonly id: string;
  readonly text: string;
  /** What other resources may call it by: the full URL of its entry. */
  readonly fullUrl?: string;
  /** Where it was found, for people: the file, and the line or entry. */
  readonly place: string;
}

/** What cannot be imported, and why. */
export interface NotImportable {
  readonly place: string;
  readonly reasons: readonly string[];
  readonly text: string;
}

/** Bundles that hold resources to keep one by one. Others, such as documents and messages, are kept whole. */
const unpacked = new Set(['transaction', 'batch', 'collection', 'searchset']);

/** Files are not requests: whoever imports one wants all of it. */
const unlimited = { isLimited: false } as const;

/** As nearly all Bundles begin; looking closer would mean to go through all of a large file once more. */
const beginsAsBundle = /^\s*\{\s*"resourceType"\s*:\s*"Bundle"/;

/** The resources in one JSON text: of a Bundle its entries, else the resource itself. */
export function resourcesInText(text: string, place: string): (FoundResource | NotImportable)[] {
  try {
    const whole = beginsAsBundle.test(text) ? undefined : headOf(text);
    const bundle = whole === undefined || whole.type === 'Bundle' ? sliceBundle(text, unlimited) : undefined;
    if (bundle === undefined || !unpacked.has(bundle.type))
      return [found(whole ?? headOf(text), undefined, place)];
    return bundle.entries.flatMap(({ resource, fullUrl }, index) => {
      const where = `${place} entry ${index + 1}`;
      if (resource === undefined)
        return [{ place: where, reasons: ['The entry has no resource.'], text: '' }];
      return resource.type === 'OperationOutcome' && bundle.type === 'searchset'
        ? []
        : [found(resource, fullUrl, where)];
    });
  } catch (error) {
    if (error instanceof Fault) return [{ place, reasons: [error.message], text }];
    throw error;
  }
}

/** Type and id without parsing the rest: the slicer reads them of any resource that stands in a Bundle. */
function headOf(text: string): EntryResource {
  const { entries } = sliceBundle(
    `{"resourceType":"Bundle","type":"collection","entry":[{"resource":${text}}]}`,
    unlimited,
  );
  return entries[0]!.resource!;
}

function found(
  resource: EntryResource,
  fullUrl: string | undefined,
  place: string,
): FoundResource | NotImportable {
  const { type, text } = resource;
  if (type === undefined || !isResourceType(type)) {
    return { place, reasons: ['The resourceType is missing, or no resource type of R4.'], text };
  }
  const id = resource.id ?? idOf(type, fullUrl) ?? contentId(text);
  if (!idForm.test(id)) {
    return { place, reasons: ['The id is not valid: up to 64 letters, digits, hyphens and dots.'], text };
  }
  const withId = resource.id === undefined ? text.replace('{', `{"id":"${id}",`) : text;
  return { type, id, text: withId, place, ...(fullUrl === undefined ? {} : { fullUrl }) };
}

/** The id that a full URL ends in: `urn:uuid:<id>`, or `…/<type>/<id>`. */
function idOf(type: string, fullUrl: string | undefined): string | undefined {
  if (fullUrl === undefined) return undefined;
  if (/^urn:(uuid|oid):/i.test(fullUrl)) return fullUrl.slice('urn:uuid:'.length).toLowerCase();
  const [, last] = new RegExp(`/${type}/([^/?#]+)$`).exec(fullUrl) ?? [];
  return last;
}

/** A resource that nobody named gets an id from its content, so that importing it again changes nothing. */
function contentId(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
