import { Fault, type FaultKind } from '#platform/fhir';
import type { Caller, GuardedCall } from '#platform/access';
import type { CallScope, Contract, Reply } from './contract.ts';

/** How a call ended for its caller. */
export type Outcome = 'ok' | FaultKind;

/** What setTimeout can count to. */
export const longestTimerMs = 2 ** 31 - 1;

/** What a binding knows of a call that arrives. */
export interface Arrival {
  readonly pattern: string;
  /** By reference from this process; a call from another one has a `signedCaller`. */
  readonly caller?: Caller;
  readonly signedCaller?: string;
  readonly request: object;
  readonly texts: readonly string[];
  /** Milliseconds since the epoch, clock of this process. */
  readonly deadline: number;
  readonly traceparent: string;
}

class ServedScope implements CallScope {
  readonly deadline: number;
  readonly traceparent: string;
  readonly texts: readonly string[];
  #controller: AbortController | undefined;
  #aborted: Fault | undefined;

  constructor(arrival: Arrival) {
    this.deadline = arrival.deadline;
    this.traceparent = arrival.traceparent;
    this.texts = arrival.texts;
  }

  /** Made when first asked for: most handlers never look at it. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted);
    }
    return this.#controller.signal;
  }

  abort(reason: Fault): void {
    this.#aborted = reason;
    this.#controller?.abort(reason);
  }
}

/** One call while it is served. It is the data of Nest's pipeline, so guards, interceptors and filters see it. */
export class ServedCall implements GuardedCall {
  readonly contract: Contract<object, unknown>;
  readonly request: object;
  readonly signedCaller: string | undefined;
  readonly scope: CallScope;
  /** Rejects with a fault, never with anything else. */
  readonly answer: Promise<Reply<unknown>>;
  caller: Caller | undefined;
  #resolve!: (reply: Reply<unknown>) => void;
  #reject!: (fault: Fault) => void;
  readonly #onEnd: (outcome: Outcome) => void;
  #timer: NodeJS.Timeout | undefined;
  #settled = false;

  constructor(
    contract: Contract<object, unknown>,
    arrival: Arrival,
    remainingMs: number,
    onEnd: (outcome: Outcome) => void,
  ) {
    this.#onEnd = onEnd;
    this.contract = contract;
    this.request = arrival.request;
    this.signedCaller = arrival.signedCaller;
    this.scope = new ServedScope(arrival);
    this.caller = arrival.caller;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#timer = setTimeout(
      () => this.abandon(deadlineFault(contract.pattern)),
      Math.min(remainingMs, longestTimerMs),
    );
  }

  get settled(): boolean {
    return this.#settled;
  }

  settle(reply: Reply<unknown>): void {
    if (this.#end('ok')) this.#resolve(reply);
  }

  fail(fault: Fault): void {
    if (this.#end(fault.kind)) this.#reject(fault);
  }

  /** Nobody waits for the answer any more: the handler's signal aborts, and the call ends in `reason` whatever it does. */
  abandon(reason: Fault): void {
    if (!this.#end(reason.kind)) return;
    (this.scope as ServedScope).abort(reason);
    this.#reject(reason);
  }

  #end(outcome: Outcome): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#onEnd(outcome);
    return true;
  }
}

export function deadlineFault(pattern: string): Fault {
  return new Fault(
    'timeout',
    `${pattern} was not answered in time. Whether it took effect is not known; try again.`,
    {
      retryAfterSeconds: 1,
    },
  );
}

export function gaveUpFault(pattern: string): Fault {
  return new Fault('timeout', `The caller of ${pattern} stopped waiting.`);
}

export function nobodyAnswers(pattern: string): Fault {
  return new Fault('unavailable', `Nobody answers ${pattern} now. Try again in a few seconds.`, {
    retryAfterSeconds: 2,
  });
}

export function closingFault(pattern: string): Fault {
  return new Fault(
    'unavailable',
    `The process that served ${pattern} is being stopped. Try again in a few seconds.`,
    {
      retryAfterSeconds: 2,
    },
  );
}
