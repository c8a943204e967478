import { Fault } from '#platform/fhir';

export interface PermitLimits {
  /** Calls served at the same time. */
  readonly concurrency: number;
  /** Calls that may wait for their turn; one more is refused at once. */
  readonly queue: number;
}

/** A call that waits for its turn. */
interface Waiter {
  readonly isAbandoned: () => boolean;
  readonly start: () => void;
}

/** Bounds what one context serves at the same time, whichever binding the calls came by. */
export class Permit {
  readonly #limits: PermitLimits;
  readonly #waiting: Waiter[] = [];
  #head = 0;
  #active = 0;

  constructor(limits: PermitLimits) {
    this.#limits = limits;
  }

  get active(): number {
    return this.#active;
  }

  /** Calls that wait, those given up meanwhile included. */
  get waiting(): number {
    return this.#waiting.length - this.#head;
  }

  /** Runs `start` now or when its turn comes; it must lead to exactly one `leave`. Throws `unavailable` when the queue is full. */
  enter(context: string, isAbandoned: () => boolean, start: () => void): void {
    if (this.#active < this.#limits.concurrency) {
      this.#active += 1;
      start();
      return;
    }
    if (this.waiting >= this.#limits.queue) this.#forgetAbandoned();
    if (this.waiting >= this.#limits.queue) {
      throw new Fault('unavailable', `${context} is serving as much as it can. Try again in a second.`, {
        retryAfterSeconds: 1,
      });
    }
    this.#waiting.push({ isAbandoned, start });
  }

  leave(): void {
    const next = this.#next();
    if (next === undefined) this.#active -= 1;
    else next.start();
  }

  #next(): Waiter | undefined {
    while (this.#head < this.#waiting.length) {
      const waiter = this.#waiting[this.#head];
      this.#head += 1;
      if (this.#head > 1024) this.#compact();
      if (waiter !== undefined && !waiter.isAbandoned()) return waiter;
    }
    this.#compact();
    return undefined;
  }

  #compact(): void {
    this.#waiting.splice(0, this.#head);
    this.#head = 0;
  }

  #forgetAbandoned(): void {
    const kept = this.#waiting.slice(this.#head).filter((waiter) => !waiter.isAbandoned());
    this.#waiting.splice(0, this.#waiting.length, ...kept);
    this.#head = 0;
  }
}
