import {
  bulkhead,
  BrokenCircuitError,
  BulkheadRejectedError,
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
  retry,
  wrap,
  type IPolicy,
} from 'cockatiel';
import type { CallerSigner } from '#platform/access';
import { Fault } from '#platform/fhir';
import type { Reply } from '../contract.ts';
import type { OutgoingCall } from '../messenger.ts';
import { deadlineFault, gaveUpFault, longestTimerMs, nobodyAnswers } from '../served-call.ts';
import type { NatsLink } from './nats-link.ts';
import { isLost, RemoteCall } from './remote-call.ts';
import { encodeFrame, header } from './wire.ts';

const listenEveryMs = 500;
/** The attempt under way ends first, and tells the server that nobody waits any more. */
const graceMs = 25;

export interface RemoteOptions {
  readonly link: NatsLink;
  readonly signer: CallerSigner;
  readonly clock?: () => number;
  /** How long a server may be silent before its calls are given up. Default: 4,000 ms; it says every second that it works. */
  readonly silenceMs?: number;
  /** Default: 512 calls under way to one context, 1,024 waiting. */
  readonly limits?: { readonly concurrency: number; readonly queue: number };
}

/** What protects the callers of one context, and the context, from each other. */
interface Protection {
  readonly once: IPolicy;
  readonly again: IPolicy;
}

/** The contexts of other processes, each behind its own breaker and bulkhead. */
export class RemoteBindings {
  readonly #options: RemoteOptions;
  readonly #clock: () => number;
  readonly #protections = new Map<string, Protection>();
  readonly #pending = new Set<RemoteCall>();
  readonly #listening: NodeJS.Timeout;

  constructor(options: RemoteOptions) {
    this.#options = options;
    this.#clock = options.clock ?? Date.now;
    this.#listening = setInterval(() => this.#listen(), listenEveryMs).unref();
  }

  /** Sends the call; again, within its deadline, when its answer was lost and its contract is idempotent. */
  async call(call: OutgoingCall): Promise<Reply<unknown>> {
    const { contract, request, texts, pattern } = call;
    if (this.#options.link.disconnectedMs > 1_000) throw nobodyAnswers(pattern);
    const signedCaller = this.#options.signer.sign(call.caller);
    const frame = encodeFrame({ request }, texts);
    const { once, again } = this.#protectionOf(contract.context);
    try {
      const policy = contract.idempotent ? again : once;
      return await this.#inTime(
        call,
        policy.execute(() => this.#attempt(call, frame, signedCaller)),
      );
    } catch (error) {
      throw refusalOf(error, pattern);
    }
  }

  close(): void {
    clearInterval(this.#listening);
  }

  /** A call also waits for its turn, for the outcome of a trial call, and between attempts: never past its deadline. */
  #inTime(call: OutgoingCall, answer: Promise<Reply<unknown>>): Promise<Reply<unknown>> {
    return new Promise((resolve, reject) => {
      const remainingMs = Math.max(0, call.deadline - this.#clock() + graceMs);
      const timer = setTimeout(
        () => reject(deadlineFault(call.pattern)),
        Math.min(remainingMs, longestTimerMs),
      );
      answer.finally(() => clearTimeout(timer)).then(resolve, reject);
    });
  }

  #attempt(call: OutgoingCall, frame: Buffer, signedCaller: string): Promise<Reply<unknown>> {
    if (call.signal?.aborted === true) return Promise.reject(gaveUpFault(call.pattern));
    const remainingMs = Math.ceil(call.deadline - this.#clock());
    if (remainingMs <= 0) return Promise.reject(deadlineFault(call.pattern));
    const attempt = new RemoteCall(this.#options.link, call, frame, remainingMs);
    this.#pending.add(attempt);
    const headers = {
      [header.timeout]: String(remainingMs),
      [header.trace]: call.traceparent,
      [header.caller]: signedCaller,
    };
    attempt.send(headers, () => this.#pending.delete(attempt));
    return attempt.answer;
  }

  #listen(): void {
    for (const call of this.#pending) call.noteSilence(listenEveryMs, this.#options.silenceMs ?? 4_000);
  }

  #protectionOf(context: string): Protection {
    const known = this.#protections.get(context);
    if (known !== undefined) return known;
    const { concurrency, queue } = this.#options.limits ?? { concurrency: 512, queue: 1024 };
    const limit = bulkhead(concurrency, queue);
    // Only lost answers count: a context that refuses, or is slow but heard of, is alive.
    const breaker = circuitBreaker(handleWhen(isLost), {
      halfOpenAfter: 1_000,
      breaker: new ConsecutiveBreaker(8),
    });
    const attempts = retry(handleWhen(isLost), {
      maxAttempts: 2,
      backoff: new ExponentialBackoff({ initialDelay: 50, maxDelay: 500 }),
    });
    const protection = { once: wrap(limit, breaker), again: wrap(limit, attempts, breaker) };
    this.#protections.set(context, protection);
    return protection;
  }
}

/** Always a fault; that an answer was lost is of interest in here only. */
function refusalOf(error: unknown, pattern: string): Fault {
  if (isLost(error)) return deadlineFault(pattern);
  if (error instanceof Fault) return error;
  if (error instanceof BrokenCircuitError) return nobodyAnswers(pattern);
  if (error instanceof BulkheadRejectedError) {
    return new Fault('unavailable', `Too many calls of ${pattern} are under way. Try again in a second.`, {
      retryAfterSeconds: 1,
    });
  }
  return new Fault('exception', `The call of ${pattern} failed inside Septum.`, { cause: error });
}
