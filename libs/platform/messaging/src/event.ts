import type { MessageClass } from './contract.ts';

/** Something that happened in a context, past tense: `encounters.encounter.discharged.v1`. */
export interface EventType<Payload extends object> {
  readonly context: string;
  readonly pattern: string;
  readonly payload: MessageClass<Payload>;
}

export function eventType<Payload extends object>(
  context: string,
  name: string,
  payload: MessageClass<Payload>,
  version = 1,
): EventType<Payload> {
  return Object.freeze({ context, pattern: `${context}.${name}.v${version}`, payload });
}

/** One event on its way: ids and the minimum, never clinical content. */
export interface EventMessage<Payload extends object = object> {
  /** Unique within the publishing context. */
  readonly id: string;
  readonly pattern: string;
  /** What the order holds for: `Patient/<id>`, else `<Type>/<id>`. */
  readonly orderKey: string;
  /** 1, 2, 3 … within `orderKey`. */
  readonly orderSequence: number;
  /** Milliseconds since the epoch, database clock. */
  readonly occurredAt: number;
  readonly traceparent: string;
  readonly payload: Payload;
}

/** An event that a write asks to be published with it. */
export interface NewEvent<Payload extends object = object> {
  readonly type: EventType<Payload>;
  readonly orderKey: string;
  readonly payload: Payload;
}
