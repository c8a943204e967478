import { setTimeout as sleep } from 'node:timers/promises';
import { escapeLiteral } from 'pg';
import type { BatchResult } from './batch.ts';
import type { RowPolicy, Statement, Transaction } from './context-database.ts';
import type { ContextPool } from './context-pool.ts';
import { sqlStateOf } from './database-fault.ts';
import { OpenTransaction } from './open-transaction.ts';
import { begun } from './row-setting.ts';
import { runBatch } from './run-batch.ts';

/** A transaction that waits, durably and holding its locks, for the coordinator's decision. */
export interface PreparedTransaction {
  readonly id: string;
  /** Milliseconds since it was prepared, by the database's clock. */
  readonly ageMs: number;
}

/** `missing`: never prepared, or rolled back, or committed and forgotten. */
export type PreparedState = 'prepared' | 'committed' | 'missing';

/**
 * One participant's half of two-phase commit. Nothing stays open between the calls, any process of the part may make
 * the next one, and each may be repeated: a marker row that the transaction itself writes tells one that was committed
 * from one that is gone. All participants use the same id: PostgreSQL's own (`gid`, unique in a cluster) is
 * `<context>:<id>`.
 *
 * https://www.postgresql.org/docs/18/two-phase.html
 */
export interface PreparedTransactions {
  /**
   * Runs the work in a transaction and prepares it. Waits for locks no longer than the pool's `lockTimeoutMs`. When it
   * throws, nothing is prepared, unless the connection was lost: the coordinator then decides on rollback.
   *
   * @param id at most 150 of letters, digits, `.`, `:`, `-`, `_`; never used before
   */
  prepare<T>(id: string, policy: RowPolicy, work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** `missing` when there is nothing to commit: then it was rolled back, or never prepared. */
  commit(id: string): Promise<'committed' | 'missing'>;
  /** `committed` when it is too late. Afterwards a `prepare` of the same id that is still on its way fails. */
  rollback(id: string): Promise<'rolled-back' | 'committed'>;
  state(id: string): Promise<PreparedState>;
  /** Those of this context that wait for a decision, oldest first. */
  list(): Promise<readonly PreparedTransaction[]>;
}

const keepEffectsMs = 60_000;

interface PreparedRow {
  readonly gid: string;
  readonly ageMs: number;
}

/** What is prepared in one database: asked once for all contexts of the process that ask at the same moment. */
export class PreparedInDatabase {
  #asking: Promise<readonly PreparedRow[]> | undefined;

  ask(look: () => Promise<readonly PreparedRow[]>): Promise<readonly PreparedRow[]> {
    this.#asking ??= look().finally(() => (this.#asking = undefined));
    return this.#asking;
  }
}

export class ContextPreparedTransactions implements PreparedTransactions {
  readonly #pool: ContextPool;
  readonly #context: string;
  readonly #marker: string;
  readonly #inDatabase: PreparedInDatabase;
  /** Prepared by this process and not ended yet, for what is to run after the commit. */
  readonly #waiting = new Map<string, OpenTransaction>();

  constructor(pool: ContextPool, context: string, inDatabase: PreparedInDatabase) {
    this.#pool = pool;
    this.#inDatabase = inDatabase;
    this.#context = context;
    this.#marker = `${context}.transaction_marker`;
  }

  prepare<T>(id: string, policy: RowPolicy, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#pool.use(async (client) => {
      const transaction = new OpenTransaction(client, this.#context, begun(client, policy));
      try {
        await transaction.run({
          name: 'septum.marker',
          text: markerSql(this.#marker),
          values: [id],
        });
        const result = await work(transaction.handle(this.#context, this.#context));
        await transaction.end({ text: `prepare transaction ${this.#gid(id)}` }, 'PREPARE');
        this.#waiting.set(id, transaction);
        // Another process may end it; its effects are only pokes, and a slow poll stands behind them.
        setTimeout(() => this.#waiting.delete(id), keepEffectsMs).unref();
        return result;
      } catch (error) {
        await transaction.rollback();
        throw error;
      }
    });
  }

  async commit(id: string): Promise<'committed' | 'missing'> {
    const committed = (await this.#end('commit', id)) || (await this.#isCommitted(id));
    if (committed) this.#waiting.get(id)?.runEffects();
    this.#waiting.delete(id);
    return committed ? 'committed' : 'missing';
  }

  async rollback(id: string): Promise<'rolled-back' | 'committed'> {
    this.#waiting.delete(id);
    await this.#end('rollback', id);
    const { rows } = await this.#alone({
      text: `insert into ${this.#marker} as m (id, committed) values ($1, false)
             on conflict (id) do update set committed = m.committed returning committed`,
      values: [id],
    });
    return (rows[0] as { committed: boolean }).committed ? 'committed' : 'rolled-back';
  }

  async state(id: string): Promise<PreparedState> {
    const { rows } = await this.#alone({
      text: `select 1 from pg_prepared_xacts where gid = ${this.#gid(id)} and database = current_database()`,
    });
    if (rows.length > 0) return 'prepared';
    return (await this.#isCommitted(id)) ? 'committed' : 'missing';
  }

  async list(): Promise<readonly PreparedTransaction[]> {
    const look = () => this.#look();
    // Whoever asked for all may have had no connection; that is no reason for another context not to know.
    const all = await this.#inDatabase.ask(look).catch(look);
    const prefix = `${this.#context}:`;
    return all.flatMap(({ gid, ageMs }) =>
      gid.startsWith(prefix) ? [{ id: gid.slice(prefix.length), ageMs }] : [],
    );
  }

  /** Alone in its round trip: PostgreSQL refuses to end a prepared transaction inside another. */
  #alone(statement: Statement): Promise<BatchResult> {
    return this.#pool.use(
      async (client) => (await runBatch(client, this.#context, [statement]))[0] as BatchResult,
    );
  }

  /** Every role may see what is prepared, whoever's it is. */
  async #look(): Promise<readonly PreparedRow[]> {
    const { rows } = await this.#alone({
      name: 'septum.prepared',
      text: `select gid, (extract(epoch from clock_timestamp() - prepared) * 1000)::int8 as "ageMs"
               from pg_prepared_xacts where database = current_database() order by prepared`,
    });
    return rows as unknown as PreparedRow[];
  }

  /** Whether a prepared transaction was there to be ended. */
  async #end(how: 'commit' | 'rollback', id: string): Promise<boolean> {
    const statement = { text: `${how} prepared ${this.#gid(id)}` };
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#alone(statement);
        return true;
      } catch (error) {
        if (sqlStateOf(error) === '42704') return false;
        // Another copy is ending it at this moment.
        if (sqlStateOf(error) !== '55000' || attempt === 5) throw error;
        await sleep(20 * attempt);
      }
    }
  }

  async #isCommitted(id: string): Promise<boolean> {
    const { rows } = await this.#alone({
      text: `select committed from ${this.#marker} where id = $1`,
      values: [id],
    });
    return (rows[0] as { committed: boolean } | undefined)?.committed === true;
  }

  #gid(id: string): string {
    return gid(this.#context, id);
  }
}

/** Nobody asks for a transaction of a month ago: each new marker takes a few of those along. */
function markerSql(marker: string): string {
  return `with swept as (
      delete from ${marker} where ctid = any (array(
        select ctid from ${marker} where written_at < now() - interval '30 days' limit 10 for update skip locked))
    ) insert into ${marker} (id, committed) values ($1, true)`;
}

function gid(schema: string, id: string): string {
  if (!/^[\w.:-]{1,150}$/.test(id))
    throw new Error('The id of a transaction is at most 150 letters, digits and . : - _');
  return escapeLiteral(`${schema}:${id}`);
}
