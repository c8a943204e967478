import type { WriteResource } from '../contract/resource.ts';

/** A write as the store is handed it: the request, and the text of all but a delete. */
export interface WriteEntry {
  readonly request: WriteResource;
  readonly text?: string;
}

/** Writes with the texts that travelled beside them: one for each but the deletes. */
export function entriesOf(
  writes: readonly WriteResource[],
  texts: readonly string[],
  substitutions?: Record<string, string>,
): readonly WriteEntry[] {
  let next = 0;
  return writes.map((request): WriteEntry => {
    if (request.method === 'delete') return { request };
    const text = texts[next++];
    const known = substitutions ? { ...request, substitutions } : request;
    return text === undefined ? { request: known } : { request: known, text };
  });
}
