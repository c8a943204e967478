import { randomUUID } from 'node:crypto';
import type { PoolClient } from 'pg';
import { Fault } from '#platform/fhir';
import type { RowPolicy, Statement, Transaction } from './context-database.ts';
import { ContextPool, type PoolStats } from './context-pool.ts';
import { commit, OpenTransaction } from './open-transaction.ts';
import { checkedPart } from './provision.ts';
import { begin } from './row-setting.ts';
import { roleNames, type RoleNames } from './roles.ts';
import { giveBack } from './run-batch.ts';

export interface CoordinatorOptions {
  /** Of the coordinator role, into the database that the parts share; see `coordinatorUrl`. */
  readonly url: string;
  /** As given to `provision`. Default `septum`. */
  readonly rolePrefix?: string;
  /** Shared transactions at a time. Default 4. */
  readonly poolSize?: number;
  /** Default 5,000 ms. */
  readonly lockTimeoutMs?: number;
  /** Default 10,000 ms. */
  readonly statementTimeoutMs?: number;
}

/**
 * Transactions that several contexts of this process and of one database share: one connection, one commit. What
 * crosses a contract is an opaque id, valid in this process and for a minute; the connection stays here. Each participant works
 * under its own role, in its own schema, one after the other.
 */
export interface CoordinatorTransactions {
  /** @returns the id under which the participants find the transaction */
  begin(): Promise<string>;
  /**
   * A participant's share. When it throws, the transaction can only be rolled back.
   *
   * @throws Fault `conflict` for an id that is unknown or over
   */
  run<T>(
    id: string,
    context: string,
    policy: RowPolicy,
    work: (transaction: Transaction) => Promise<T>,
  ): Promise<T>;
  /** @throws Fault when a share failed, or the commit did: nothing is committed then, or, if the connection was lost, nobody knows */
  commit(id: string): Promise<void>;
  /** Also of an id that is unknown or over: then it does nothing. */
  rollback(id: string): Promise<void>;
  stats(): PoolStats;
  /** Rolls back what is open. */
  close(): Promise<void>;
}

/** How long a transaction may stay open: one that nobody ends would keep its locks and its connection. */
const longestMs = 60_000;

interface Shared {
  readonly client: PoolClient;
  readonly transaction: OpenTransaction;
  /** Shares wait for each other: role and schema belong to the connection. */
  turn: Promise<void>;
  failed: boolean;
  readonly expiry: NodeJS.Timeout;
}

export function openCoordinator(options: CoordinatorOptions): CoordinatorTransactions {
  return new SharedTransactions(options);
}

class SharedTransactions implements CoordinatorTransactions {
  readonly #pool: ContextPool;
  readonly #names: RoleNames;
  readonly #open = new Map<string, Shared>();

  constructor(options: CoordinatorOptions) {
    const size = options.poolSize ?? 4;
    this.#pool = new ContextPool({ ...options, name: 'coordinator', size, searchPath: 'pg_catalog' });
    this.#names = roleNames(options.rolePrefix);
  }

  async begin(): Promise<string> {
    const client = await this.#pool.take();
    const id = randomUUID();
    const transaction = new OpenTransaction(client, 'this transaction', [begin]);
    const expiry = setTimeout(() => void this.rollback(id), longestMs).unref();
    this.#open.set(id, { client, transaction, turn: Promise.resolve(), failed: false, expiry });
    return id;
  }

  run<T>(
    id: string,
    context: string,
    policy: RowPolicy,
    work: (transaction: Transaction) => Promise<T>,
  ): Promise<T> {
    const shared = this.#open.get(id);
    if (!shared) return Promise.reject(over());
    const share = shared.turn.then(() => runShare(shared, context, this.#names.login(context), policy, work));
    shared.turn = share.then(
      () => undefined,
      () => void (shared.failed = true),
    );
    return share;
  }

  async commit(id: string): Promise<void> {
    const shared = await this.#take(id);
    if (!shared) throw over();
    try {
      if (shared.failed)
        throw new Fault('conflict', 'A part of this transaction failed, so none of it was stored.');
      if (!shared.transaction.untouched) await shared.transaction.end(commit, 'COMMIT');
    } catch (error) {
      await shared.transaction.rollback();
      throw error;
    } finally {
      giveBack(shared.client);
    }
    shared.transaction.runEffects();
  }

  async rollback(id: string): Promise<void> {
    const shared = await this.#take(id);
    if (!shared) return;
    await shared.transaction.rollback();
    giveBack(shared.client);
  }

  stats(): PoolStats {
    return this.#pool.stats();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((id) => this.rollback(id)));
    await this.#pool.close();
  }

  /** Whoever takes it ends it; nobody else finds it any more. */
  async #take(id: string): Promise<Shared | undefined> {
    const shared = this.#open.get(id);
    this.#open.delete(id);
    clearTimeout(shared?.expiry);
    await shared?.turn;
    return shared;
  }
}

async function runShare<T>(
  shared: Shared,
  context: string,
  role: string,
  policy: RowPolicy,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  if (shared.failed) throw over();
  const schema = checkedPart(context);
  shared.transaction.precede([become(role, schema, policy)]);
  let working = true;
  try {
    return await work(shared.transaction.handle(context, schema, () => working));
  } finally {
    working = false;
  }
}

/** `SET LOCAL ROLE`, the schema and the rows, in one statement; all three end with the transaction. */
function become(role: string, schema: string, policy: RowPolicy): Statement {
  return {
    name: 'septum.become',
    text: `select set_config('role', $1, true), set_config('search_path', $2, true), set_config('septum.rows', $3, true)`,
    values: [role, schema, policy],
  };
}

function over(): Fault {
  return new Fault(
    'conflict',
    'This transaction is over, or was begun by another process. Send the whole Bundle again.',
  );
}
