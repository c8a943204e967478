import type { Caller } from '#platform/access';
import type { Statement } from '#platform/database';
import type { NewEvent } from '#platform/messaging';
import type { PreparedWrite } from './prepared-write.ts';

/** One write of a statement, and on whose behalf. */
export interface CalledWrite {
  readonly caller: Caller;
  readonly traceparent: string;
  readonly write: PreparedWrite;
}

export interface WriteOptions {
  readonly definitionSet: string;
  /** Pattern of the change event; null: the caller publishes one of his own. */
  readonly changePattern: string | null;
  /** A resource whose content is the same stays as it is. */
  readonly skipSame?: boolean;
  readonly events?: readonly NewEvent[];
  readonly auditDetail?: string;
}

export type WriteOutcome =
  'created' | 'updated' | 'deleted' | 'unchanged' | 'absent' | 'version-conflict' | 'exists' | 'hidden';

/** A row of `write_resources`, in the order of the writes. */
export interface OutcomeRow {
  readonly outcome: WriteOutcome;
  readonly new_version: number;
  /** Milliseconds since the epoch. */
  readonly moment: number;
}

const parameters = Array.from({ length: 32 }, (_, index) => `$${index + 1}`).join(',');

/** The statement that writes; see `write_resources`. Writes are to be in the order of `Type/id`. */
export function writeStatement(
  schema: string,
  writes: readonly CalledWrite[],
  options: WriteOptions,
): Statement {
  const events = options.events ?? [];
  const traceparent = writes[0]?.traceparent ?? '';
  return {
    name: `${schema}.write`,
    text: `SELECT outcome, new_version, moment FROM "${schema}".write_resources(${parameters})`,
    values: [
      writes.map(({ write }) => write.method[0]),
      writes.map(({ write }) => write.type),
      writes.map(({ write }) => write.id),
      writes.map(({ write }) => write.item),
      writes.map(({ write }) => write.content),
      writes.map(({ write }) => arrayOf(write.patients)),
      writes.map(({ write }) => write.orderKey),
      writes.map(({ write }) => `{${write.index.keys.join(',')}}`),
      writes.map(({ write }) => write.ifMatch),
      options.skipSame ?? false,
      ...indexValues(writes),
      options.definitionSet,
      options.changePattern,
      writes.map((each) => each.traceparent),
      events.map(({ orderKey }) => orderKey),
      events.map(({ type }) => type.pattern),
      events.map(({ payload }) => JSON.stringify(payload)),
      events.map(() => traceparent),
      writes.map(({ caller }) => caller.subject),
      writes.map(({ caller }) => (caller.client === caller.subject ? null : caller.client)),
      writes.map(({ caller }) => caller.purposeOfUse),
      writes.map(({ caller }) => caller.breakGlass),
      options.auditDetail ?? null,
    ],
  };
}

function indexValues(writes: readonly CalledWrite[]): unknown[] {
  const ranges = writes.flatMap(({ write }, at) => write.index.ranges.map((row) => ({ place: at + 1, row })));
  const words = writes.flatMap(({ write }, at) => write.index.words.map((row) => ({ place: at + 1, row })));
  return [
    ranges.map(({ place }) => place),
    ranges.map(({ row }) => row.key),
    ranges.map(({ row }) => row.low),
    ranges.map(({ row }) => row.high),
    ranges.map(({ row }) => row.unit),
    ranges.map(({ row }) => row.unitCode),
    words.map(({ place }) => place),
    words.map(({ row }) => row.key),
    words.map(({ row }) => row.part),
    words.map(({ row }) => row.value),
  ];
}

/** A `text[]` as PostgreSQL reads it. In quotes, because a patient may have the id `null`. */
function arrayOf(ids: readonly string[]): string {
  return `{${ids.map((id) => `"${id}"`).join(',')}}`;
}

/** Byte order of `Type/id`, as the database sorts: the order in which locks are taken. */
export function inLockOrder(one: { type: string; id: string }, other: { type: string; id: string }): number {
  if (one.type !== other.type) return one.type < other.type ? -1 : 1;
  return one.id === other.id ? 0 : one.id < other.id ? -1 : 1;
}
