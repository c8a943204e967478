import { Fault } from '#platform/fhir';
import type { SearchHash } from '../index/search-hash.ts';

/** Where a page ended: the values of its last row, level by level of the order, as PostgreSQL writes them. */
export type Cursor = readonly (string | null)[];

/**
 * An opaque text for the next link. It carries a keyed hash over itself and over the search it belongs to, so that
 * none but the store makes one, and none is used for another search.
 */
export function writeCursor(cursor: Cursor, search: string, hash: SearchHash): string {
  const body = JSON.stringify(cursor);
  return Buffer.from(`${hash.of(`cursor\u0000${search}\u0000${body}`)} ${body}`).toString('base64url');
}

/** Faults: `bad-parameter` for what {@link writeCursor} did not write for this search. */
export function readCursor(text: string, search: string, hash: SearchHash): Cursor {
  const decoded = Buffer.from(text, 'base64url').toString();
  const space = decoded.indexOf(' ');
  const body = decoded.slice(space + 1);
  if (space < 0 || decoded.slice(0, space) !== hash.of(`cursor\u0000${search}\u0000${body}`)) {
    throw new Fault(
      'bad-parameter',
      'The page cursor is not one that this search gave. Start again from the first page.',
    );
  }
  return JSON.parse(body) as Cursor;
}
