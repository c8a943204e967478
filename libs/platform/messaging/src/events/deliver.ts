import { AsyncLocalStorage } from 'node:async_hooks';
import { isObservable, lastValueFrom } from 'rxjs';
import type { Caller, GuardedCall } from '#platform/access';
import { Fault } from '#platform/fhir';
import type { EventMessage } from '../event.ts';
import {
  type EventDatabase,
  type EventStatement,
  type EventTransaction,
  everyRow,
} from './event-database.ts';
import type { Delivery } from './hears.ts';
import type { PositionedEvent } from './positioned-event.ts';
import type { Subscription } from './subscriptions.ts';

/** A listener that takes longer has failed; should it still apply the event, its inbox mark says so. */
const listenerDeadlineMs = 20_000;

/** Nothing ambient of whoever caused the event reaches its listeners. */
const outside = AsyncLocalStorage.snapshot();

/** What Nest's pipeline sees of an event: the same shape as of a request, so the same guards stand before it. */
interface HeardCall extends GuardedCall {
  readonly event: EventMessage;
  readonly delivery: Delivery;
}

/** Gives events to the listener of one subscription, through Nest's guards, pipes and interceptors. */
export function deliverTo(
  context: string,
  subscription: Subscription,
  database: EventDatabase,
  caller: Caller,
): (event: PositionedEvent) => Promise<void> {
  return async (positioned) => {
    const handler = subscription.handlers.get(positioned.pattern);
    if (handler === undefined) return;
    const { position: _, payload, ...rest } = positioned;
    const event: EventMessage = Object.freeze({ ...rest, payload: payloadOf(positioned.pattern, payload) });
    const delivery = new InboxDelivery(subscription.name, event.id, database);
    const contract = { context, pattern: event.pattern };
    const call: HeardCall = { contract, request: event.payload, caller, event, delivery };
    await withinDeadline(
      positioned.pattern,
      outside(async () => {
        const returned: unknown = await handler(call, call);
        if (isObservable(returned)) await lastValueFrom(returned, { defaultValue: undefined });
      }),
    );
    if (!delivery.marked) await delivery.mark();
  };
}

class InboxDelivery implements Delivery {
  readonly subscription: string;
  marked = false;
  readonly #id: string;
  readonly #database: EventDatabase;

  constructor(subscription: string, id: string, database: EventDatabase) {
    this.subscription = subscription;
    this.#id = id;
    this.#database = database;
  }

  async alreadyApplied(): Promise<boolean> {
    const { schema } = this.#database;
    const rows = await this.#database.query(everyRow, {
      name: `${schema}.inbox.find`,
      text: `SELECT FROM "${schema}".inbox WHERE subscription = $1 AND message_id = $2`,
      values: [this.subscription, this.#id],
    });
    return rows.length > 0;
  }

  async applyOnce(effect: (transaction: EventTransaction) => Promise<void>): Promise<boolean> {
    const first = await this.#database.transact(everyRow, async (transaction) => {
      // The mark comes first: a second delivery at the same time waits here for the outcome of this one.
      const marked = await transaction.query(this.#markStatement());
      if (marked.length > 0) await effect(transaction);
      return marked.length > 0;
    });
    this.marked = true;
    return first;
  }

  async applyWith(work: (mark: EventStatement) => Promise<void>): Promise<void> {
    await work(this.#markStatement());
    this.marked = true;
  }

  async mark(): Promise<void> {
    await this.#database.query(everyRow, this.#markStatement());
  }

  #markStatement(): EventStatement {
    const { schema } = this.#database;
    return {
      name: `${schema}.inbox.mark`,
      text: `INSERT INTO "${schema}".inbox (subscription, message_id) VALUES ($1, $2)
        ON CONFLICT DO NOTHING RETURNING true AS marked`,
      values: [this.subscription, this.#id],
    };
  }
}

function payloadOf(pattern: string, text: string): object {
  const payload: unknown = JSON.parse(text);
  if (typeof payload === 'object' && payload !== null) return payload;
  throw new Fault('malformed', `The payload of an event ${pattern} is no object. Correct its publisher.`);
}

async function withinDeadline(pattern: string, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const fault = new Fault(
      'exception',
      `A listener of ${pattern} did not finish within ${listenerDeadlineMs / 1000} s.`,
    );
    timer = setTimeout(() => reject(fault), listenerDeadlineMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
