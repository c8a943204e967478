import { Fault } from '#platform/fhir';

/** https://hl7.org/fhir/R4/http.html#mime-type */
export const fhirJson = 'application/fhir+json; charset=utf-8';

const formats = new Set([
  'json',
  'application/json',
  'application/fhir+json',
  'application/fhir json',
  'text/json',
]);
const acceptable = new Set([
  '*/*',
  'application/*',
  'application/json',
  'application/fhir+json',
  'text/json',
]);

/** Headers repeat themselves: each spelling is read once. */
const knownAccepts = new Map<string, boolean>();
const rememberedAccepts = 1_000;

/** Refuses with `not-acceptable` unless the client takes FHIR JSON of release 4. `_format` outweighs `Accept`. */
export function assertAcceptable(accept: string | undefined, query: unknown): void {
  const format = (query as Record<string, unknown> | undefined)?.['_format'];
  if (format !== undefined) {
    if (typeof format === 'string' && formats.has(mediaType(format))) return;
    throw new Fault('not-acceptable', 'Septum answers FHIR as JSON only: use _format=json, or none.');
  }
  if (accept === undefined || accept === '*/*') return;
  let known = knownAccepts.get(accept);
  if (known === undefined) {
    known = accept.split(',').some(isFhirJson);
    if (knownAccepts.size < rememberedAccepts) knownAccepts.set(accept, known);
  }
  if (!known)
    throw new Fault('not-acceptable', 'Septum answers FHIR R4 as JSON only: accept application/fhir+json.');
}

/**
 * Which of the media types that an operation has beside FHIR JSON the client asks for: by `_format`, in full or `csv` for
 * `text/csv`, else by an `Accept` that names nothing else. Undefined: none of them.
 */
export function askedFormat(
  accept: string | undefined,
  query: unknown,
  formats: readonly string[],
): string | undefined {
  const format = (query as Record<string, unknown> | undefined)?.['_format'] ?? accept;
  if (typeof format !== 'string') return undefined;
  const asked = mediaType(format);
  return formats.find((each) => each === asked || each === `text/${asked}`);
}

function isFhirJson(range: string): boolean {
  return acceptable.has(mediaType(range)) && isReleaseFour(range) && !/;\s*q=0(\.0*)?\s*(;|$)/i.test(range);
}

function isReleaseFour(range: string): boolean {
  const version = /;\s*fhirVersion\s*=\s*"?([\d.]+)"?/i.exec(range)?.[1];
  return version === undefined || version.startsWith('4.0');
}

function mediaType(range: string): string {
  const end = range.indexOf(';');
  return (end < 0 ? range : range.slice(0, end)).trim().toLowerCase();
}

const bodies = new Set(['application/json', 'application/fhir+json']);

/** Refuses with `unsupported-media` a body that does not call itself FHIR JSON in UTF-8. */
export function assertJsonBody(contentType: string | undefined): void {
  if (contentType === undefined || !bodies.has(mediaType(contentType)) || !isReleaseFour(contentType)) {
    throw new Fault('unsupported-media', 'Send the body as application/fhir+json, release 4.');
  }
  const charset = /;\s*charset\s*=\s*"?([\w-]+)"?/i.exec(contentType)?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    throw new Fault('unsupported-media', 'Send the body in UTF-8.');
  }
}

export function assertFormBody(contentType: string | undefined): void {
  if (contentType !== undefined && mediaType(contentType) === 'application/x-www-form-urlencoded') return;
  throw new Fault(
    'unsupported-media',
    'Send the parameters of _search as application/x-www-form-urlencoded.',
  );
}
