import { Catch, UseFilters, type ExceptionFilter } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { throwError, type Observable } from 'rxjs';
import type { Caller } from '#platform/access';
import type { CallScope, Contract, Reply } from './contract.ts';
import { RequestValidation } from './request-validation.ts';

/** A method that answers a contract. The request is validated and frozen; `scope.texts` are the texts sent with it. */
export type Handler<Request extends object, Result> = (
  caller: Caller,
  request: Request,
  scope: CallScope,
) => Promise<Reply<Result>>;

/** What `@Handles` leaves with the strategy beside the handler. */
export interface HandlerExtras {
  readonly contract: Contract<object, unknown>;
  /** `Class.method`, for errors at boot. */
  readonly where: string;
}

/** Hands errors to the strategy as they were thrown; Nest's own filter would flatten them to "Internal server error". */
@Catch()
class FaultFilter implements ExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

/** Makes a controller method the handler of a contract, on whichever binding the call comes in. */
export function Handles<Request extends object, Result>(contract: Contract<Request, Result>) {
  return <Method extends Handler<Request, Result>>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    const extras: HandlerExtras = { contract, where: `${target.constructor.name}.${String(key)}` };
    const untyped = descriptor as PropertyDescriptor;
    MessagePattern(contract.pattern, { ...extras })(target, key, untyped);
    UseFilters(new FaultFilter())(target, key, untyped);
    // The positions are fixed, so the parameters need no decorators of their own.
    Payload('caller')(target, key, 0);
    Payload('request', new RequestValidation(contract.request))(target, key, 1);
    Payload('scope')(target, key, 2);
  };
}
