import { Inject, Injectable, Logger } from '@nestjs/common';
import { ContextDatabaseToken, type ContextDatabase } from '#platform/database';
import { WorkLoop } from '#platform/messaging';
import type { Door, OpenDoor, Settings } from '#platform/runtime';
import { removeSettled } from '../store/v2-queue.ts';

const everyMs = 3_600_000;
/** Of one transaction: so few that nobody waits for it. */
const removedTogether = 500;
const dayMs = 86_400_000;

/**
 * Removes messages that were applied, or dismissed, longer ago than the settings say; what somebody has still to look at
 * stays. It is a door that leads nowhere: it begins and ends with those by which messages come in.
 */
@Injectable()
export class V2Retention implements Door {
  readonly #database: ContextDatabase;
  readonly #log = new Logger('exchange');
  #loop: WorkLoop | undefined;

  constructor(@Inject(ContextDatabaseToken) database: ContextDatabase) {
    this.#database = database;
  }

  open({ v2RetentionDays: days }: Pick<Settings, 'v2RetentionDays'>): Promise<readonly OpenDoor[]> {
    if (days > 0) {
      this.#loop = new WorkLoop(
        () => this.removeDue(days, new Date()),
        () => everyMs,
        (error) => this.#log.warn({ component: 'v2', error }),
      );
      this.#loop.start();
    }
    return Promise.resolve([]);
  }

  async close(): Promise<void> {
    await this.#loop?.stop();
  }

  /** Removes one batch; answers whether there may be more. */
  async removeDue(days: number, now: Date): Promise<boolean> {
    const before = new Date(now.getTime() - days * dayMs);
    return (await removeSettled(this.#database, { before, most: removedTogether })) === removedTogether;
  }
}
