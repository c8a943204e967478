import { AsyncLocalStorage } from 'node:async_hooks';
import { Logger } from '@nestjs/common';
import {
  RpcException,
  Server,
  type CustomTransportStrategy,
  type MessageHandler,
} from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { asFault, Fault } from '#platform/fhir';
import type { Reply } from './contract.ts';
import { decodeFault, encodeFault } from './fault-codec.ts';
import type { HandlerExtras } from './handles.ts';
import type { LocalSwitchboard } from './local-switchboard.ts';
import type { NatsLink } from './nats/nats-link.ts';
import { NatsService } from './nats/nats-service.ts';
import { Permit, type PermitLimits } from './permit.ts';
import { portable, portableTexts } from './portable.ts';
import {
  closingFault,
  deadlineFault,
  nobodyAnswers,
  ServedCall,
  type Arrival,
  type Outcome,
} from './served-call.ts';

/** Runs a function outside every async scope, so that nothing ambient of a caller reaches a handler on the local binding. */
const outside = AsyncLocalStorage.snapshot();

export interface StrategyOptions {
  readonly context: string;
  readonly switchboard: LocalSwitchboard;
  /** With one, the context also listens on NATS. */
  readonly nats?: NatsLink;
  /** Default: 256 calls at the same time, 1,024 waiting. */
  readonly limits?: PermitLimits;
  /** How long `close` waits for the calls being served. Default: 10,000. */
  readonly drainMs?: number;
  readonly clock?: () => number;
  /** Told of everything a handler threw that is no fault; default: Nest's logger. */
  readonly onException?: (error: unknown, pattern: string, traceparent: string) => void;
  /**
   * Told of every call when it ends, the time it waited for its turn included. Cheaper than an interceptor, for which
   * Nest builds observables around every call.
   */
  readonly onServed?: (pattern: string, outcome: Outcome, elapsedMs: number) => void;
}

/** A handler as `@Handles` left it. */
export interface RequestHandler extends HandlerExtras {
  readonly handle: MessageHandler;
}

/**
 * The transport of one bounded context: holds its handlers, as Nest wrapped them in guards, pipes, interceptors and
 * filters, and serves them to callers in this process and, with a NATS connection, to callers in others.
 */
export class CompositeStrategy extends Server implements CustomTransportStrategy {
  readonly context: string;
  readonly #options: StrategyOptions;
  readonly #clock: () => number;
  readonly #permit: Permit;
  readonly #requests = new Map<string, RequestHandler>();
  readonly #calls = new Set<ServedCall>();
  #service: NatsService | undefined;
  #open = false;
  #onIdle: (() => void) | undefined;

  constructor(options: StrategyOptions) {
    super();
    this.context = options.context;
    this.#options = options;
    this.#clock = options.clock ?? Date.now;
    this.#permit = new Permit(options.limits ?? { concurrency: 256, queue: 1024 });
  }

  /** Every handler of a contract, by pattern. */
  get requests(): ReadonlyMap<string, RequestHandler> {
    return this.#requests;
  }

  /** Calls being served, and calls waiting for their turn. */
  get load(): { readonly active: number; readonly waiting: number } {
    return { active: this.#permit.active, waiting: this.#permit.waiting };
  }

  /** Whether callers reach it. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Whether callers in other processes reach it; true where NATS has no part in it. */
  get isHeard(): boolean {
    return this.#service?.isHeard ?? true;
  }

  /** Nest keeps the last of two handlers of one pattern and says nothing; here the second one stops the start. */
  override addHandler(
    pattern: unknown,
    handle: MessageHandler,
    isEvent = false,
    extras?: Record<string, unknown>,
  ): void {
    super.addHandler(pattern, handle, isEvent, extras);
    if (isEvent) return;
    if (!isHandlerExtras(extras)) {
      throw new Error(
        `Context "${this.context}": ${String(pattern)} is handled without a contract. Use @Handles(contract).`,
      );
    }
    const { contract, where } = extras;
    const other = this.#requests.get(contract.pattern);
    if (other !== undefined) {
      throw new Error(
        `Context "${this.context}": ${contract.pattern} has two handlers, ${other.where} and ${where}. Remove one.`,
      );
    }
    if (contract.context !== this.context) {
      throw new Error(
        `Context "${this.context}": ${where} handles ${contract.pattern}, which is context "${contract.context}"'s.`,
      );
    }
    this.#requests.set(contract.pattern, { contract, where, handle });
  }

  listen(callback: (error?: Error) => void): void {
    this.#listen().then(() => callback(), callback);
  }

  async #listen(): Promise<void> {
    const { nats, switchboard } = this.#options;
    switchboard.connect(this);
    this.#open = true;
    if (nats === undefined) return;
    this.#service = new NatsService(nats, this, this.#clock);
    await this.#service.start([...this.#requests.keys()]);
  }

  /** Takes no further calls, lets those being served finish (within `drainMs`), and sends their answers. */
  async close(): Promise<void> {
    if (!this.#open) return;
    this.#options.switchboard.disconnect(this);
    await this.#service?.stopListening();
    this.#open = false;
    await this.#idle();
    for (const call of this.#calls) call.abandon(closingFault(call.contract.pattern));
    await this.#service?.flush();
  }

  /** Serves one call. Its `answer` rejects with a fault only. Throws a fault when the call cannot even begin. */
  serve(arrival: Arrival): ServedCall {
    const handler = this.#requests.get(arrival.pattern);
    if (handler === undefined || !this.#open) throw nobodyAnswers(arrival.pattern);
    const remainingMs = arrival.deadline - this.#clock();
    if (remainingMs <= 0) throw deadlineFault(arrival.pattern);
    const began = performance.now();
    const call = new ServedCall(handler.contract, arrival, remainingMs, (outcome) => {
      this.#calls.delete(call);
      this.#options.onServed?.(arrival.pattern, outcome, performance.now() - began);
    });
    this.#calls.add(call);
    try {
      this.#permit.enter(
        this.context,
        () => call.settled,
        () => void outside(() => this.#run(call, handler)),
      );
    } catch (error) {
      call.fail(asFault(error));
    }
    return call;
  }

  async #run(call: ServedCall, { handle, contract }: RequestHandler): Promise<void> {
    try {
      const returned: unknown = await handle(call, call);
      const answer: unknown = isObservable(returned) ? await lastValueFrom(returned) : returned;
      call.settle(sealReply(answer as Reply<unknown>, contract.pattern));
    } catch (error) {
      call.fail(this.#faultOf(error, call));
    } finally {
      this.#permit.leave();
      if (this.#permit.active === 0) this.#onIdle?.();
    }
  }

  /** A new fault with the same content: a caller in this process sees no more of it than one in another. */
  #faultOf(error: unknown, call: ServedCall): Fault {
    if (error instanceof Fault) return decodeFault(encodeFault(error));
    // Nest throws this when a guard answers false.
    if (error instanceof RpcException) return new Fault('forbidden', 'The caller may not call this.');
    const { pattern } = call.contract;
    if (this.#options.onException !== undefined)
      this.#options.onException(error, pattern, call.scope.traceparent);
    else
      new Logger('Messaging').error(
        `${pattern} failed`,
        error instanceof Error ? error.stack : String(error),
      );
    return decodeFault(encodeFault(asFault(error)));
  }

  async #idle(): Promise<void> {
    if (this.#permit.active === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
      timer = setTimeout(resolve, this.#options.drainMs ?? 10_000);
    });
    clearTimeout(timer);
  }

  /** A strategy has no status events of its own; the NATS connection reports its own. */
  on(): void {}

  unwrap<T>(): T {
    return this.#options.nats?.connection as T;
  }
}

function isHandlerExtras(
  extras: Record<string, unknown> | undefined,
): extras is Record<string, unknown> & HandlerExtras {
  return typeof extras?.['where'] === 'string' && extras['contract'] !== undefined;
}

function sealReply(answer: Reply<unknown>, pattern: string): Reply<unknown> {
  if (!Array.isArray(answer?.texts))
    throw new TypeError(`The handler of ${pattern} returned no reply. Return reply(result, texts).`);
  return Object.freeze({
    result: portable(answer.result, `${pattern}.result`),
    texts: portableTexts(answer.texts, `${pattern}.texts`),
  });
}
