import { Fault } from '#platform/fhir';

/** How dear a request is. Dear ones leave half of a client's allowance to cheap ones. */
export type RequestClass = 'interactive' | 'bulk';

interface Bucket {
  tokens: number;
  filledAt: number;
}

const costs: Readonly<Record<RequestClass, number>> = { interactive: 1, bulk: 10 };
const rememberedClients = 10_000;

/** A token bucket per client: so many requests a second, bursts of twice that. In memory, per process. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  /** `perSecond` 0: no limit. `now` in milliseconds, monotonic. */
  constructor(perSecond: number, now: () => number = () => performance.now()) {
    this.#perSecond = perSecond;
    this.#now = now;
  }

  /** Throws `throttled` with the seconds to wait. */
  take(client: string, requestClass: RequestClass): void {
    if (this.#perSecond === 0) return;
    const burst = this.#perSecond * 2;
    const now = this.#now();
    const bucket = this.#buckets.get(client) ?? this.#open(client, burst, now);
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.filledAt) / 1000) * this.#perSecond);
    bucket.filledAt = now;
    const cost = Math.min(costs[requestClass], this.#perSecond);
    const needed = requestClass === 'bulk' ? cost + burst / 2 : cost;
    if (bucket.tokens < Math.min(needed, burst)) {
      const missing = Math.min(needed, burst) - bucket.tokens;
      throw new Fault(
        'throttled',
        'This client sends more than its share. Wait as long as Retry-After says.',
        {
          retryAfterSeconds: Math.ceil(missing / this.#perSecond),
        },
      );
    }
    bucket.tokens -= cost;
  }

  #open(client: string, tokens: number, now: number): Bucket {
    if (this.#buckets.size >= rememberedClients) this.#buckets.clear();
    const bucket = { tokens, filledAt: now };
    this.#buckets.set(client, bucket);
    return bucket;
  }
}
