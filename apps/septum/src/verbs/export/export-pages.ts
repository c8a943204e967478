import { Fault, sliceBundle } from '#platform/fhir';
import type { FhirApi } from '../api/fhir-api.ts';

export interface Exported {
  readonly type: string;
  /** On one line, as it is stored. */
  readonly text: string;
}

const pageCount = 500;

/** All current resources of a type, by id: the order does not change while others write. */
export function ofType(api: FhirApi, type: string, since: string | undefined): AsyncGenerator<Exported> {
  const changed = since === undefined ? '' : `&_lastUpdated=ge${encodeURIComponent(since)}`;
  return pages(api, `${type}?_sort=_id&_count=${pageCount}${changed}`);
}

/** All that is held of one patient, from every context. */
export function ofPatient(
  api: FhirApi,
  patient: string,
  types: readonly string[],
  since: string | undefined,
): AsyncGenerator<Exported> {
  const wanted = types.length === 0 ? '' : `&_type=${types.join(',')}`;
  const changed = since === undefined ? '' : `&_since=${encodeURIComponent(since)}`;
  return pages(
    api,
    `Patient/${encodeURIComponent(patient)}/$everything?_count=${pageCount}${wanted}${changed}`,
  );
}

/** A partial page ends the export: a file with gaps that nobody sees is worse than none. */
async function* pages(api: FhirApi, first: string): AsyncGenerator<Exported> {
  for (let address: string | undefined = first; address !== undefined;) {
    const page = await api.get(address);
    for (const { resource } of sliceBundle(page).entries) {
      if (resource?.type === undefined) continue;
      if (resource.type === 'OperationOutcome' && isPartial(resource.text)) {
        throw new Fault(
          'unavailable',
          'A part of Septum does not answer, so the export would have gaps. Try again when all parts are up.',
        );
      }
      yield { type: resource.type, text: resource.text };
    }
    address = nextOf(page);
  }
}

function isPartial(outcome: string): boolean {
  return outcome.includes('"incomplete"');
}

/** Parsed whole: a page is small, and a link may stand anywhere in it. */
function nextOf(page: string): string | undefined {
  const { link } = JSON.parse(page) as { link?: { relation: string; url: string }[] };
  return link?.find(({ relation }) => relation === 'next')?.url;
}
