import { assertScope, rowPolicy, type Caller, type Interaction } from '#platform/access';
import type { Transaction } from '#platform/database';
import { Fault, faultOfEntry, localReference } from '#platform/fhir';
import { encodeFault, reply, type NewEvent, type Reply } from '#platform/messaging';
import type { WriteResource, WriteResult, Written } from '../contract/resource.ts';
import { resourceChanged } from '../contract/resource-changed.ts';
import { rowColumns, textOf, type ResourceRow } from '../resource-row.ts';
import type { StoreParts } from '../store-parts.ts';
import type { Resource } from '../write-rule.ts';
import { GroupCommit } from './group-commit.ts';
import { answeredBefore, rememberAnswer, requestHash, type AnswerAgain } from './idempotency.ts';
import { prepareWrite, type PreparedWrite } from './prepared-write.ts';
import { answerOf, type WriteAnswer } from './write-outcome.ts';
import type { WriteEntry } from './write-entry.ts';
import { inLockOrder, writeStatement, type CalledWrite, type OutcomeRow } from './write-statement.ts';

const interactions: Readonly<Record<WriteResource['method'], Interaction>> = {
  create: 'c',
  update: 'u',
  delete: 'd',
};

/** Creates, updates and deletes. https://hl7.org/fhir/R4/http.html#create */
export class ResourceWriter {
  readonly #parts: StoreParts;
  readonly #changePattern: string;
  readonly #grouped: GroupCommit;

  constructor(parts: StoreParts) {
    this.#parts = parts;
    this.#changePattern = resourceChanged(parts.context).pattern;
    this.#grouped = new GroupCommit((policy, writes) =>
      parts.database.query<OutcomeRow>(policy, this.#statement(writes)),
    );
  }

  async write(
    caller: Caller,
    request: WriteResource,
    text: string | undefined,
    traceparent = '',
  ): Promise<Reply<Written>> {
    const write = this.#prepare(caller, request, text);
    if (request.idempotencyKey !== undefined || this.#rulesOf(write).length > 0) {
      return this.#writeInOwnTransaction(caller, request, write, text, traceparent);
    }
    const row = await this.#grouped.add(rowPolicy(caller), { caller, traceparent, write });
    const answer = answerOf(write, row);
    this.#parts.poke();
    return replyOfWrites([answer], ([written]) => written!);
  }

  /**
   * Each as by {@link write}, and told what became of each. Those of types without rules of care share a statement and a
   * commit.
   */
  async writeMany(
    caller: Caller,
    entries: readonly WriteEntry[],
    traceparent: string,
  ): Promise<Reply<readonly WriteResult[]>> {
    const outcomes = await Promise.allSettled(
      entries.map(({ request, text }) => this.write(caller, request, text, traceparent)),
    );
    return reply(
      outcomes.map((outcome): WriteResult => {
        if (outcome.status === 'fulfilled') return { written: outcome.value.result };
        if (outcome.reason instanceof Fault) return { refused: encodeFault(outcome.reason) };
        throw outcome.reason;
      }),
    );
  }

  /**
   * Writes within a transaction that the caller of this method holds and commits: all of these or, by the fault thrown,
   * none. Rules of care apply. `events` are published with them.
   */
  async writeIn(
    transaction: Transaction,
    caller: Caller,
    entries: readonly WriteEntry[],
    options: { events?: readonly NewEvent[]; traceparent?: string } = {},
  ): Promise<Reply<readonly Written[]>> {
    const writes = entries.map(({ request, text }) =>
      ofEntry(request, () => this.#prepare(caller, request, text)),
    );
    const answers = await this.#apply(
      transaction,
      caller,
      writes,
      options.events ?? [],
      options.traceparent ?? '',
    );
    return replyOfWrites(answers, (written) => written);
  }

  #rulesOf({ type }: PreparedWrite) {
    return this.#parts.rules.get(type) ?? [];
  }

  #prepare(caller: Caller, request: WriteResource, text: string | undefined): PreparedWrite {
    this.#parts.assertOwns(request.type);
    assertScope(caller, request.type, interactions[request.method]);
    const write = prepareWrite(request, text, this.#parts);
    this.#parts.ownIds.assertMayWrite(caller, write.type, write.id);
    return write;
  }

  #statement(writes: readonly CalledWrite[], events: readonly NewEvent[] = []) {
    const { schema, definitionSet } = this.#parts;
    return writeStatement(schema, writes, { definitionSet, changePattern: this.#changePattern, events });
  }

  async #writeInOwnTransaction(
    caller: Caller,
    request: WriteResource,
    write: PreparedWrite,
    text: string | undefined,
    traceparent: string,
  ): Promise<Reply<Written>> {
    const { database, schema } = this.#parts;
    const key = request.idempotencyKey;
    let again: AnswerAgain | undefined;
    const attempt = (): Promise<WriteAnswer> =>
      database.transact(rowPolicy(caller), async (transaction): Promise<WriteAnswer> => {
        if (key === undefined) return (await this.#apply(transaction, caller, [write], [], traceparent))[0]!;
        const once = { schema, caller, key, request: requestHash(request, text) };
        again = await answeredBefore(transaction, once);
        if (again) return again;
        const [first] = await this.#apply(transaction, caller, [write], [], traceparent);
        await rememberAnswer(transaction, once, first!.written);
        return first!;
      });
    const answer = await attempt().catch((error: unknown) => {
      // The client named no version: another write created the resource while the rules looked. They look again.
      const raced = error instanceof Fault && error.kind === 'version-conflict' && write.ifMatch === null;
      if (raced) return attempt();
      throw error;
    });
    this.#parts.poke();
    if (again) await this.#recordAgain(caller, again);
    return replyOfWrites([answer], ([written]) => written!);
  }

  /** Nothing is written, and what was stored leaves once more. */
  #recordAgain(caller: Caller, { written, text, patients }: AnswerAgain): Promise<void> {
    const { type, id, version } = written;
    const count = text === undefined ? 0 : 1;
    return this.#parts.audit.append({ caller, action: 'R', type, id, version, count, patients });
  }

  /** Rules first, under the rows' locks; then all writes in one statement; answers in the order they were given. */
  async #apply(
    transaction: Transaction,
    caller: Caller,
    writes: readonly PreparedWrite[],
    events: readonly NewEvent[],
    traceparent: string,
  ): Promise<readonly WriteAnswer[]> {
    const sorted = writes.toSorted(inLockOrder);
    if (new Set(sorted.map(({ item }) => item)).size < sorted.length) {
      throw new Fault('bad-parameter', 'One transaction writes the same resource twice; write it once.');
    }
    const decided = await this.#decide(caller, transaction, sorted);
    const called = decided.writes.map((write) => ({ caller, traceparent, write }));
    const rows = await transaction.query<OutcomeRow>(this.#statement(called, [...decided.events, ...events]));
    transaction.afterCommit(() => this.#parts.poke());
    const answers = new Map(
      decided.writes.map((write, at) => [write.item, ofEntry(write, () => answerOf(write, rows[at]!))]),
    );
    return writes.map(({ item }) => answers.get(item)!);
  }

  /**
   * Consults the rules of care on what is there, which the locks keep there. A resource that is not there cannot be
   * locked, so its write is made conditional on its absence.
   */
  async #decide(caller: Caller, transaction: Transaction, writes: readonly PreparedWrite[]) {
    const ruled = writes.filter((write) => this.#rulesOf(write).length > 0);
    if (ruled.length === 0) return { writes, events: [] };
    const rows = await transaction.query<ResourceRow>({
      name: `${this.#parts.schema}.lock`,
      text: lockSql(this.#parts.schema),
      values: [ruled.map(({ type }) => type), ruled.map(({ id }) => id)],
    });
    const known = new Map(rows.map((row) => [`${row.type}/${row.id}`, row]));
    const events: NewEvent[] = [];
    const local = (reference: unknown) => localReference(reference, this.#parts.ownBase);
    const conditional = writes.map((write): PreparedWrite => {
      const rules = this.#rulesOf(write);
      const row = known.get(`${write.type}/${write.id}`);
      const before = row && !row.deleted ? (JSON.parse(textOf(row)) as Resource) : undefined;
      if (rules.length === 0 || (write.method === 'delete' && before === undefined)) return write;
      const decide = () =>
        rules.flatMap((rule) => rule.decide(before, afterOf(write, row?.version), local, caller));
      events.push(...ofEntry(write, decide));
      return row || write.ifMatch !== null ? write : { ...write, ifMatch: 0 };
    });
    return { writes: conditional, events };
  }
}

/** What fails for one entry of a transaction says which it was. */
function ofEntry<Result>({ entry }: { readonly entry?: number | undefined }, work: () => Result): Result {
  if (entry === undefined) return work();
  try {
    return work();
  } catch (error) {
    throw faultOfEntry(error, entry);
  }
}

/** The resource under the id and the version that the store gives it, which the lock, or the write's condition, holds. */
function afterOf({ id, resource }: PreparedWrite, version = 0): Resource | undefined {
  if (resource === undefined) return undefined;
  return { ...resource, id, meta: { ...(resource['meta'] as object), versionId: String(version + 1) } };
}

function replyOfWrites<Result>(
  answers: readonly WriteAnswer[],
  resultOf: (written: Written[]) => Result,
): Reply<Result> {
  return {
    result: resultOf(answers.map(({ written }) => written)),
    texts: answers.map(({ text }) => text ?? ''),
  };
}

function lockSql(schema: string): string {
  return `SELECT ${rowColumns('r')} FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w (type, id, place)
    JOIN "${schema}".resource r ON r.type = w.type COLLATE "C" AND r.id = w.id COLLATE "C" ORDER BY w.place FOR UPDATE OF r`;
}
