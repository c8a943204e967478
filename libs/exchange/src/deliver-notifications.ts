import { randomUUID } from 'node:crypto';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { ContextDatabaseToken, type ContextDatabase } from '#platform/database';
import { LeaseKeeper, WorkLoop } from '#platform/messaging';
import { ServeSubscriber } from './serve-subscriber.ts';
import { Notifications } from './store/notifications.ts';
import { Subscribers, type Subscriber } from './store/subscribers.ts';

const pollMs = 1_000;
const sweepEveryMs = 3_600_000;
/** A receiver that is slow holds up nobody else, and takes one of these places. */
const mostAtOnce = 32;
const lease = 'deliver-notifications';

/**
 * Delivers notifications while this process has the lease for it: one copy at a time, one notification of a subscriber at
 * a time. A copy that dies is followed by another within seconds, which begins with what is not known to have been taken.
 */
@Injectable()
export class DeliverNotifications implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #subscribers: Subscribers;
  readonly #notifications: Notifications;
  readonly #serve: ServeSubscriber;
  readonly #leases: LeaseKeeper;
  readonly #loop: WorkLoop;
  readonly #log = new Logger('exchange');
  readonly #busy = new Map<string, Promise<void>>();
  readonly #stopping = new AbortController();
  #nextSweep = 0;

  constructor(
    @Inject(ContextDatabaseToken) database: ContextDatabase,
    @Inject(Subscribers) subscribers: Subscribers,
    @Inject(Notifications) notifications: Notifications,
    @Inject(ServeSubscriber) serve: ServeSubscriber,
  ) {
    this.#subscribers = subscribers;
    this.#notifications = notifications;
    this.#serve = serve;
    const onError = (error: unknown) => this.#log.warn({ component: 'notifications', error });
    this.#leases = new LeaseKeeper(database, randomUUID(), () => this.poke(), onError);
    this.#loop = new WorkLoop(
      () => this.#step(),
      () => pollMs,
      onError,
    );
  }

  onApplicationBootstrap(): void {
    this.#loop.start();
  }

  /** What is under way is broken off: it comes again, from the next copy. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort(new Error('This process stops.'));
    await this.#loop.stop();
    await Promise.all(this.#busy.values());
    await this.#leases.stop();
  }

  /** There may be something to deliver. */
  poke(): void {
    this.#loop.poke();
  }

  async #step(): Promise<boolean> {
    const due = await this.#due();
    if (due.length === 0 && this.#busy.size === 0) return false;
    if ((await this.#leases.take(lease)) === undefined || due.length === 0) return false;
    await this.#sweep();
    // Asked again under the lease: before it, another copy may have done what was to be done.
    for (const subscriber of await this.#due()) this.#begin(subscriber);
    return false;
  }

  /** Whoever is served when this is asked is left out, though he be done when it is answered: he may be told of as he was. */
  #due(): Promise<Subscriber[]> {
    return this.#subscribers.due([...this.#busy.keys()], mostAtOnce - this.#busy.size);
  }

  #begin(subscriber: Subscriber): void {
    const { id } = subscriber;
    const served = this.#serve
      .next(subscriber, this.#stopping.signal)
      .catch((error: unknown) => {
        if (!this.#stopping.signal.aborted) this.#log.warn({ component: 'notifications', error });
      })
      .finally(() => {
        this.#busy.delete(id);
        this.poke();
      });
    this.#busy.set(id, served);
  }

  async #sweep(): Promise<void> {
    if (performance.now() < this.#nextSweep) return;
    this.#nextSweep = performance.now() + sweepEveryMs;
    await this.#notifications.sweep();
  }
}
