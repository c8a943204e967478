import { type EventDatabase, everyRow } from './event-database.ts';
import { inboxDays } from './event-tables.ts';
import { relayLease } from './lease.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { PostgresOutbox } from './outbox.ts';
import { Relay } from './relay.ts';
import type { Shipper, Streams } from './streams.ts';

export interface EventPartParts {
  readonly name: string;
  readonly database: EventDatabase;
  readonly holder: string;
  readonly streams: Streams | undefined;
  readonly pollMs: number;
  onError(error: unknown): void;
}

const tendEveryMs = 3_600_000;

/** What one part has of events in this process: its leases, its outbox, its relay. */
export class EventPart {
  readonly database: EventDatabase;
  readonly leases: LeaseKeeper;
  readonly outbox: PostgresOutbox;
  readonly relay: Relay;
  readonly #parts: EventPartParts;
  readonly #shipper: Shipper | undefined;
  readonly #onLeases: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: EventPartParts) {
    const { name, database, holder, streams, pollMs, onError } = parts;
    this.#parts = parts;
    this.database = database;
    this.leases = new LeaseKeeper(database, holder, () => this.#onLeases.forEach((tell) => tell()), onError);
    this.outbox = new PostgresOutbox(database);
    this.relay = new Relay(this.outbox, this.leases, pollMs, onError);
    this.#shipper = streams?.shipper(name, this.outbox, () => this.leases.take(relayLease), onError);
    this.onLeases(() => this.relay.poke());
    this.relay.listen(() => this.#shipper?.poke());
  }

  /** Is told whenever the leases of this process were changed hands. */
  onLeases(tell: () => void): void {
    this.#onLeases.push(tell);
  }

  async start(): Promise<void> {
    await this.#tend();
    await this.leases.start();
    this.relay.start();
    this.#shipper?.start();
    this.#timer = setInterval(() => void this.#tend(), tendEveryMs);
  }

  poke(): void {
    this.relay.poke();
  }

  /** Age of the oldest event that is not published yet, or cannot be sent to those who hear it elsewhere. */
  async lagMs(): Promise<number> {
    const { oldestMs } = await this.outbox.backlog();
    const stuckSince = this.#shipper?.stuckSince;
    return Math.max(0, oldestMs, stuckSince === undefined ? 0 : Date.now() - stuckSince);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.relay.stop();
    await this.#shipper?.stop();
    await this.leases.stop();
  }

  async #tend(): Promise<void> {
    const { database, onError } = this.#parts;
    try {
      await this.outbox.tend();
      await database.query(everyRow, {
        text: `DELETE FROM "${database.schema}".inbox WHERE applied_at < clock_timestamp() - $1 * interval '1 day'`,
        values: [inboxDays],
      });
    } catch (error) {
      onError(error);
    }
  }
}
