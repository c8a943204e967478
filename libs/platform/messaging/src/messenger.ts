import { Fault } from '#platform/fhir';
import type { Caller } from '#platform/access';
import type { CallOptions, Contract, Reply } from './contract.ts';
import type { LocalSwitchboard } from './local-switchboard.ts';
import type { RemoteBindings } from './nats/remote-binding.ts';
import { NotPortable, portable, portableTexts } from './portable.ts';
import { deadlineFault, gaveUpFault, nobodyAnswers, type Arrival } from './served-call.ts';
import { childTrace, type RandomHex } from './trace.ts';

const defaultTimeoutMs = 10_000;
const noTexts: readonly string[] = Object.freeze([]);

export interface MessengerOptions {
  readonly switchboard: LocalSwitchboard;
  /** The contexts that run in other processes; without it only those of this process are reached. */
  readonly remote?: RemoteBindings;
  readonly clock?: () => number;
  readonly random?: RandomHex;
}

/** How a call goes out, whichever binding takes it. */
export interface OutgoingCall extends Arrival {
  readonly caller: Caller;
  readonly contract: Contract<object, unknown>;
  readonly signal: AbortSignal | undefined;
}

/** Calls contracts: by function call where the context runs in this process, else over NATS. */
export class Messenger {
  readonly #options: MessengerOptions;
  readonly #clock: () => number;

  constructor(options: MessengerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? Date.now;
  }

  /**
   * Rejects with a fault only: the handler's own, or `timeout` at the deadline, or `unavailable` with
   * `retryAfterSeconds` when nobody answers the contract or its context serves as much as it can. The request is
   * deeply frozen from here on; so are the reply's result and texts.
   */
  async call<Request extends object, Result>(
    caller: Caller,
    contract: Contract<Request, Result>,
    request: Request,
    options: CallOptions = {},
  ): Promise<Reply<Result>> {
    const call = this.#prepare(caller, contract, request, options);
    if (call.signal?.aborted === true) throw gaveUpFault(contract.pattern);
    if (call.deadline <= this.#clock()) throw deadlineFault(contract.pattern);
    const { switchboard, remote } = this.#options;
    const local = switchboard.find(contract.context);
    if (local !== undefined) {
      const served = local.serve(call);
      return (await untilAborted(served.answer, call, (fault) => served.abandon(fault))) as Reply<Result>;
    }
    if (remote === undefined) throw nobodyAnswers(contract.pattern);
    return (await remote.call(call)) as Reply<Result>;
  }

  /** What cannot travel is a mistake in the calling context, on the local binding too. */
  #prepare(
    caller: Caller,
    contract: Contract<object, unknown>,
    request: object,
    options: CallOptions,
  ): OutgoingCall {
    try {
      return this.#sealed(caller, contract, request, options);
    } catch (error) {
      throw error instanceof NotPortable ? new Fault('exception', error.message, { cause: error }) : error;
    }
  }

  #sealed(
    caller: Caller,
    contract: Contract<object, unknown>,
    request: object,
    options: CallOptions,
  ): OutgoingCall {
    const { within } = options;
    const deadline = options.deadline ?? this.#clock() + defaultTimeoutMs;
    const { pattern } = contract;
    // An instance of the contract's own class is as good as a plain object.
    const plain = request instanceof contract.request ? { ...request } : request;
    return {
      pattern,
      contract,
      caller: frozenCaller(caller, pattern),
      request: portable(plain, `${pattern}.request`),
      texts: options.texts === undefined ? noTexts : portableTexts(options.texts, `${pattern}.texts`),
      deadline: within === undefined ? deadline : Math.min(deadline, within.deadline),
      traceparent: childTrace(options.traceparent ?? within?.traceparent, this.#options.random),
      signal: signalOf(options),
    };
  }
}

const frozenCallers = new WeakMap<Caller, Caller>();

function frozenCaller(caller: Caller, pattern: string): Caller {
  if (typeof caller !== 'object' || caller === null) {
    throw new Fault('unauthenticated', 'A call needs a caller: pass the one you serve as first argument.');
  }
  const known = frozenCallers.get(caller);
  if (known !== undefined) return known;
  const frozen = portable(caller, `${pattern}.caller`);
  frozenCallers.set(caller, frozen);
  return frozen;
}

function signalOf({ signal, within }: CallOptions): AbortSignal | undefined {
  if (within === undefined) return signal;
  return signal === undefined ? within.signal : AbortSignal.any([signal, within.signal]);
}

async function untilAborted<T>(
  answer: Promise<T>,
  call: OutgoingCall,
  abandon: (fault: Fault) => void,
): Promise<T> {
  const { signal, pattern } = call;
  if (signal === undefined) return answer;
  const giveUp = (): void => abandon(gaveUpFault(pattern));
  signal.addEventListener('abort', giveUp);
  try {
    return await answer;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
