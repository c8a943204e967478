import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Fault } from '#platform/fhir';
import type { Caller } from './caller.ts';
import { isCaller, type CallerVerifier } from './signed-caller.ts';

/** What the guard looks at in a request that arrives from another context, and what it leaves there. */
export interface GuardedCall {
  /** The contract it calls. */
  readonly contract: { readonly context: string; readonly pattern: string };
  /** As it was sent; not yet validated. */
  readonly request: object;
  /** The envelope of a call from another process; absent when the call was made in this one. */
  readonly signedCaller?: string | undefined;
  /** By reference when the call was made in this process; else the guard puts the verified caller here. */
  caller: Caller | undefined;
}

/** Decides whether the caller may call the contract at all; throws a fault to refuse. */
export type Authorise = (caller: Caller, contract: GuardedCall['contract'], request: object) => void;

export interface MessageGuardOptions {
  /** Without one, no call from another process is admitted. */
  readonly verifier?: CallerVerifier;
  readonly authorise?: Authorise;
}

/** Opens a handler only to a call with a caller: the same object stands before the local and the NATS binding. */
export class MessageGuard implements CanActivate {
  readonly #verifier: CallerVerifier | undefined;
  readonly #authorise: Authorise | undefined;
  /** Callers of this process whose shape was looked at once. */
  readonly #seen = new WeakSet<Caller>();

  constructor(options: MessageGuardOptions = {}) {
    this.#verifier = options.verifier;
    this.#authorise = options.authorise;
  }

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'rpc')
      throw new Fault('exception', 'The message guard was put on something else.');
    const call = context.switchToRpc().getData<GuardedCall>();
    call.caller =
      call.signedCaller === undefined ? this.#present(call.caller) : this.#verify(call.signedCaller);
    this.#authorise?.(call.caller, call.contract, call.request);
    return true;
  }

  #verify(signedCaller: string): Caller {
    if (this.#verifier === undefined)
      throw new Fault('unauthenticated', 'This process takes no calls from others.');
    return this.#verifier.verify(signedCaller);
  }

  #present(caller: Caller | undefined): Caller {
    if (caller !== undefined && this.#seen.has(caller)) return caller;
    if (!isCaller(caller))
      throw new Fault('unauthenticated', 'A call needs a caller: pass the one you serve as first argument.');
    this.#seen.add(caller);
    return caller;
  }
}
