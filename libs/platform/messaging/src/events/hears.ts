import { Catch, UseFilters, type ExceptionFilter } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { throwError, type Observable } from 'rxjs';
import type { Caller } from '#platform/access';
import type { EventMessage, EventType } from '../event.ts';
import type { EventStatement, EventTransaction } from './event-database.ts';
import { EventValidation } from './event-validation.ts';

/** One delivery of an event to one subscription; there may be several until one is applied. */
export interface Delivery<T extends EventTransaction = EventTransaction> {
  readonly subscription: string;
  /** Lets a listener skip gathering for an event that an earlier delivery applied. */
  alreadyApplied(): Promise<boolean>;
  /**
   * Runs the effect and marks the event as applied, in one transaction; does nothing and answers false when an
   * earlier delivery did. A listener that returns without calling it has its event marked when it returns.
   */
  applyOnce(effect: (transaction: T) => Promise<void>): Promise<boolean>;
  /**
   * Hands `work` the statement that marks the event as applied, to be run in one transaction with the effect, where several
   * deliveries may share it. It does not tell whether an earlier delivery was applied, so the effect itself must see to it
   * that it does nothing the second time.
   */
  applyWith(work: (mark: EventStatement) => Promise<void>): Promise<void>;
}

/** How a subscription is served. */
export interface HearingOptions {
  /**
   * Order keys whose events are applied at the same time; each may hold a connection of the part, which has requests to
   * answer too. Default 4.
   */
  readonly sideBySide?: number;
}

/**
 * Hears an event, as the part itself. It may be called again after a failure or a crash, in order within the event's
 * order key. When it throws, it is called again later, and after a few times the order key is parked.
 */
export type Listener<Payload extends object, T extends EventTransaction = never> = (
  caller: Caller,
  event: EventMessage<Payload>,
  delivery: Delivery<T>,
) => Promise<void>;

/** What `@Hears` leaves with the strategy beside the handler. */
export interface ListenerExtras {
  readonly hears: EventType<object>;
  readonly subscription: string;
  readonly sideBySide: number;
  /** `Class.method`, for errors at boot. */
  readonly where: string;
}

const usualSideBySide = 4;

/** Hands errors on as they were thrown: their kind decides whether the event is tried again. */
@Catch()
class ThrownAsIs implements ExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

/**
 * Subscribes a controller method to an event of another context (or of its own). The subscription's name is unique in
 * its context and never changes: what was applied, and how far it read, is kept under it.
 */
export function Hears<Payload extends object>(
  type: EventType<Payload>,
  subscription: string,
  { sideBySide = usualSideBySide }: HearingOptions = {},
) {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(subscription)) {
    throw new Error(
      `"${subscription}" is no name for a subscription: use lower-case letters, digits and hyphens.`,
    );
  }
  return <Method extends Listener<Payload>>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    const extras: ListenerExtras = {
      hears: type,
      subscription,
      sideBySide,
      where: `${target.constructor.name}.${String(key)}`,
    };
    const untyped = descriptor as PropertyDescriptor;
    EventPattern(`${type.pattern}@${subscription}`, { ...extras })(target, key, untyped);
    UseFilters(new ThrownAsIs())(target, key, untyped);
    Payload('caller')(target, key, 0);
    Payload('event', new EventValidation(type.payload))(target, key, 1);
    Payload('delivery')(target, key, 2);
  };
}
