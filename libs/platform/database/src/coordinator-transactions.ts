import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { Fault } from '#platform/fhir';
import type { RowPolicy, Statement, Transaction } from './context-database.ts';
import { ContextPool, type PoolStats } from './context-pool.ts';
import { commit, OpenTransaction } from './open-transaction.ts';
import { checkedPart } from './provision.ts';
import { roleNames } from './roles.ts';
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
  readonly client: pg.PoolClient;
  readonly transaction: OpenTransaction;
  /** Shares wait for each other: role and schema belong to the connection. */
  turn: Promise<void>;
  failed: boolean;
  readonly expiry: NodeJS.Timeout;
}

export function openCoordinator(options: CoordinatorOptions): CoordinatorTransactions {
  const pool = new ContextPool({
    ...options,
    name: 'coordinator',
    size: options.poolSize ?? 4,
    searchPath: 'pg_catalog',
  });
  const names = roleNames(options.rolePrefix);
  const open = new Map<string, Shared>();

  const take = async (id: string): Promise<Shared | undefined> => {
    const shared = open.get(id);
    open.delete(id);
    clearTimeout(shared?.expiry);
    await shared?.turn;
    return shared;
  };
  const rollback = async (id: string): Promise<void> => {
    const shared = await take(id);
    if (!shared) return;
    await shared.transaction.rollback();
    giveBack(shared.client);
  };

  return {
    async begin() {
      const client = await pool.take();
      const id = randomUUID();
      const transaction = new OpenTransaction(client, 'this transaction', [
        { name: 'septum.begin', text: 'begin' },
      ]);
      const expiry = setTimeout(() => void rollback(id), longestMs).unref();
      open.set(id, { client, transaction, turn: Promise.resolve(), failed: false, expiry });
      return id;
    },
    run(id, context, policy, work) {
      const shared = open.get(id);
      if (!shared) return Promise.reject(over());
      const share = shared.turn.then(() => runShare(shared, context, names.login(context), policy, work));
      shared.turn = share.then(
        () => undefined,
        () => void (shared.failed = true),
      );
      return share;
    },
    async commit(id) {
      const shared = await take(id);
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
    },
    rollback,
    stats: () => pool.stats(),
    async close() {
      await Promise.all([...open.keys()].map(rollback));
      await pool.close();
    },
  };
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
