import { Fault } from '#platform/fhir';
import { compare } from './element.ts';
import { historySources, type HistoryLine } from './history-line.ts';

/** What places a line in the history. */
export type HistoryPlace = Pick<HistoryLine, 'source' | 'id' | 'date'> & {
  readonly kept?: { readonly server: string } | undefined;
};

/**
 * The order of the medication history: newest first; of one moment, the later step of care first; then by id, and of one
 * id by server, our own first. A date
 * of a day, month or year stands for its beginning in UTC; lines without a date come last. The order depends on the
 * lines alone, so pages of it fit together.
 */
export function compareHistory(a: HistoryPlace, b: HistoryPlace): number {
  return moment(b) - moment(a) || step(b) - step(a) || compare(a.id, b.id) || compare(server(a), server(b));
}

function server({ kept }: HistoryPlace): string {
  return kept?.server ?? '';
}

function moment({ date }: HistoryPlace): number {
  const milliseconds = date === undefined ? NaN : Date.parse(date);
  return Number.isNaN(milliseconds) ? Number.MIN_SAFE_INTEGER : milliseconds;
}

function step({ source }: HistoryPlace): number {
  return historySources.indexOf(source);
}

/** The lines of one page and, unless it is the last, the cursor where the next one starts. */
export interface HistoryPage {
  readonly lines: readonly HistoryLine[];
  readonly next?: string;
}

/** @param cursor The `next` of the page before. It holds a place, not a position, so lines that come and go meanwhile neither repeat nor hide others. */
export function historyPage(lines: readonly HistoryLine[], count: number, cursor?: string): HistoryPage {
  const after = cursor === undefined ? undefined : placeAt(cursor);
  const rest = lines
    .filter((line) => after === undefined || compareHistory(line, after) > 0)
    .sort(compareHistory);
  const page = rest.slice(0, count);
  const last = page.at(-1);
  return last !== undefined && rest.length > count ? { lines: page, next: cursorAt(last) } : { lines: page };
}

function cursorAt(place: HistoryPlace): string {
  const { source, id, date } = place;
  return Buffer.from([source.code, id, date ?? '', server(place)].join(' ')).toString('base64url');
}

function placeAt(cursor: string): HistoryPlace {
  const [code, id, date, name] = Buffer.from(cursor, 'base64url').toString().split(' ');
  const source = historySources.find((candidate) => candidate.code === code);
  if (source === undefined || !id) {
    throw new Fault(
      'bad-parameter',
      'The _cursor is not one of ours. Take it from the next link of the page before.',
    );
  }
  return { source, id, date: date || undefined, kept: name ? { server: name } : undefined };
}

/** `Type/id` of our own, the URL of another server's. */
export function lineReference({ source, id, kept }: Pick<HistoryLine, 'source' | 'id' | 'kept'>): string {
  return kept?.url ?? `${source.type}/${id}`;
}
