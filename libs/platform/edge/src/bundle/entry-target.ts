import { Fault } from '#platform/fhir';

/** Where an entry's `request.url` leads, below the base. */
export interface EntryTarget {
  readonly type?: string;
  readonly id?: string;
  readonly version?: string;
  readonly isHistory: boolean;
  /** Without the dollar sign. */
  readonly operation?: string;
  readonly query: URLSearchParams;
}

/** https://hl7.org/fhir/R4/http.html#transaction : relative to the base, or absolute below it. */
export function entryTarget(url: string, base: string): EntryTarget {
  const relative = url.startsWith(`${base}/`) ? url.slice(base.length + 1) : url.replace(/^\//, '');
  const mark = relative.indexOf('?');
  const path = mark < 0 ? relative : relative.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? '' : relative.slice(mark + 1));
  const parts = path.split('/');
  const last = parts.at(-1) ?? '';
  const operation = last.startsWith('$') ? last.slice(1) : undefined;
  const [type, id, history, version] = operation === undefined ? parts : parts.slice(0, -1);
  const isHistory = history === '_history';
  const understood =
    parts.length <= 4 &&
    (history === undefined || isHistory) &&
    parts.every((part) => /^[$\w\-.]{1,80}$/.test(part));
  if (!understood) {
    throw new Fault(
      'malformed',
      'An entry.request.url is not one of Type, Type/id, Type/id/_history/version, Type?query or $operation.',
    );
  }
  return {
    isHistory,
    query,
    ...(type === undefined ? {} : { type }),
    ...(id === undefined ? {} : { id }),
    ...(version === undefined ? {} : { version }),
    ...(operation === undefined ? {} : { operation }),
  };
}
