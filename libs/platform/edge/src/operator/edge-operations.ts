import { eventsParked } from './events-parked.ts';
import { eventsReplay } from './events-replay.ts';
import type { EdgeOperation } from './edge-operation.ts';
import { transactionsOpen } from './transactions-open.ts';
import { transactionsResolve } from './transactions-resolve.ts';

/** What the edge itself offers to those who run the installation. */
export const edgeOperations: readonly EdgeOperation[] = [
  eventsParked,
  eventsReplay,
  transactionsOpen,
  transactionsResolve,
];
