import type { Client } from 'pg';
import type { BatchResult } from './batch.ts';
import type { Row, Statement, Transaction } from './context-database.ts';
import { databaseFault } from './database-fault.ts';
import { runBatch } from './run-batch.ts';

/**
 * One transaction on one connection. What opens it travels with its first statement, so a transaction of one statement
 * takes two round trips, not three, and one without a statement none.
 */
export class OpenTransaction {
  private readonly client: Client;
  private readonly context: string;
  private opening: readonly Statement[];
  private readonly effects: (() => void)[] = [];

  constructor(client: Client, context: string, opening: readonly Statement[]) {
    this.client = client;
    this.context = context;
    this.opening = opening;
  }

  get untouched(): boolean {
    return this.opening.length > 0;
  }

  /** Has these precede whatever comes next, in the same round trip. */
  precede(statements: readonly Statement[]): void {
    this.opening = [...this.opening, ...statements];
  }

  async run(statement: Statement): Promise<BatchResult> {
    const statements = [...this.opening, statement];
    this.opening = [];
    const results = await runBatch(this.client, this.context, statements);
    return results.at(-1) as BatchResult;
  }

  /** What the work of a context is given. It is worthless once `isOpen` says so. */
  handle(context: string, schema: string, isOpen: () => boolean = () => true): Transaction {
    return {
      context,
      schema,
      query: async <R extends object = Row>(statement: Statement) => {
        if (!isOpen()) throw new Error(`The share of ${context} in this transaction is over.`);
        return (await this.run(statement)).rows as R[];
      },
      afterCommit: (effect) => void this.effects.push(effect),
    };
  }

  /**
   * Ends the transaction by `COMMIT` or `PREPARE TRANSACTION`.
   *
   * @throws Fault when nothing was committed, or, if the connection was lost, when nobody knows
   */
  async end(statement: Statement, expected: 'COMMIT' | 'PREPARE'): Promise<void> {
    const { command } = await this.run(statement);
    // PostgreSQL answers the end of a failed transaction with ROLLBACK, and with no error.
    if (command !== expected) {
      const swallowed = new Error('A statement of the transaction failed and its failure was not passed on.');
      throw databaseFault(swallowed, this.context);
    }
  }

  async rollback(): Promise<void> {
    if (this.untouched) return;
    await runBatch(this.client, this.context, [{ text: 'rollback' }]).catch(() => undefined);
  }

  /** What is committed is committed: an effect that throws cannot turn it into a failure. */
  runEffects(): void {
    for (const effect of this.effects.splice(0)) {
      try {
        effect();
      } catch (error) {
        process.emitWarning(`An effect after a commit of ${this.context} failed: ${(error as Error).name}`);
      }
    }
  }
}

export const commit: Statement = { name: 'septum.commit', text: 'commit' };
