import { Fault } from '#platform/fhir';

/** https://hl7.org/fhir/R4/http.html#versioning */
export function etagOf(version: number): string {
  return `W/"${version}"`;
}

/** The version an `If-Match` names; undefined without the header. */
export function versionOf(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined) return undefined;
  const version = /^(?:W\/)?"([1-9]\d{0,8})"$/.exec(ifMatch.trim())?.[1];
  if (version === undefined) throw new Fault('bad-parameter', 'If-Match must name one version, like W/"3".');
  return Number(version);
}

/** Whether `If-None-Match` names the version the client would get. */
export function isUnchanged(ifNoneMatch: string | undefined, version: number): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === `"${version}"`);
}

export type PreferredReturn = 'minimal' | 'representation' | 'OperationOutcome';

/** https://hl7.org/fhir/R4/http.html#ops : without `Prefer`, a write answers with the resource as it is stored. */
export function preferredReturn(prefer: string | undefined): PreferredReturn {
  if (prefer === undefined) return 'representation';
  const wanted = /(?:^|[,;]\s*)return\s*=\s*"?(minimal|representation|OperationOutcome)"?/.exec(prefer)?.[1];
  return (wanted as PreferredReturn | undefined) ?? 'representation';
}

/** https://hl7.org/fhir/R4/search.html#errors : whether unknown parameters are to be ignored. */
export function isLenient(prefer: string | undefined): boolean {
  return prefer !== undefined && /(?:^|[,;]\s*)handling\s*=\s*"?lenient"?/.test(prefer);
}

/** A client's own key for a request that it may have to send again. */
export function idempotencyKeyOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (/^[\x21-\x7e]{1,255}$/.test(header)) return header;
  throw new Fault(
    'bad-parameter',
    'Idempotency-Key must be 1 to 255 printable ASCII characters without spaces.',
  );
}
