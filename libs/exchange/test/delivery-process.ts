/**
 * Deliveries in a process of their own, so that a spec can kill it. It ends itself by SIGKILL when it comes to a step:
 * `before <statement>` (not sent) or `after <statement>` (done, the answer is lost). Prints `ready`, then works until it is
 * ended.
 */
import { Logger } from '@nestjs/common';
import type { OpenContextDatabase, RowPolicy, Statement } from '#platform/database';
import { startDeliveries } from './delivery-septum.ts';

export interface DeliveryProcessOptions {
  readonly urls: Readonly<Record<string, string>>;
  readonly partners: readonly object[];
  readonly step: string;
}

const { urls, partners, step } = JSON.parse(process.argv[2] ?? '{}') as DeliveryProcessOptions;

function wrap(database: OpenContextDatabase): OpenContextDatabase {
  const pass = (here: string): void => {
    if (here === step) process.kill(process.pid, 'SIGKILL');
  };
  return {
    ...database,
    async query<R extends object>(policy: RowPolicy, statement: Statement): Promise<R[]> {
      pass(`before ${statement.name}`);
      const rows = await database.query<R>(policy, statement);
      pass(`after ${statement.name}`);
      return rows;
    },
  };
}

Logger.overrideLogger(false);
await startDeliveries({ urls, partners, wrap });
process.stdout.write('ready\n');
