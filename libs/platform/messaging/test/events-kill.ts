import type { OpenContextDatabase, RowPolicy, Statement, Transaction } from '#platform/database';

/**
 * The database of a process that dies at a step: `before <statement>` (not sent), `after <statement>` (done, the answer
 * is lost), `before commit` or `after commit` of a transaction.
 */
export function killedAt(database: OpenContextDatabase, step: string, nth: number): OpenContextDatabase {
  let times = 0;
  const pass = (here: string): void => {
    if (here !== step) return;
    times += 1;
    if (times === nth) process.kill(process.pid, 'SIGKILL');
  };
  const around = async <T>(statements: readonly Statement[], run: () => Promise<T>): Promise<T> => {
    for (const { name = '' } of statements) pass(`before ${name}`);
    const result = await run();
    for (const { name = '' } of statements) pass(`after ${name}`);
    return result;
  };
  return {
    ...database,
    query: <R extends object>(policy: RowPolicy, statement: Statement) =>
      around([statement], () => database.query<R>(policy, statement)),
    pipeline: <R extends object>(policy: RowPolicy, statements: readonly Statement[]) =>
      around(statements, () => database.pipeline<R>(policy, statements)),
    transact: async <T>(policy: RowPolicy, work: (transaction: Transaction) => Promise<T>) => {
      const result = await database.transact(policy, async (transaction) => {
        const query = <R extends object>(statement: Statement): Promise<R[]> =>
          around([statement], () => transaction.query<R>(statement));
        const done = await work({ ...transaction, query });
        pass('before commit');
        return done;
      });
      pass('after commit');
      return result;
    },
  };
}
