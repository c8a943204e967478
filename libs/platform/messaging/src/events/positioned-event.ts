/** An event as the outbox holds it and as it travels: the payload is still text. */
export interface PositionedEvent {
  /** 1, 2, 3 … without a gap within one publishing part: the order in which every subscription reads. */
  readonly position: number;
  /** A UUID. */
  readonly id: string;
  readonly pattern: string;
  readonly orderKey: string;
  readonly orderSequence: number;
  /** Milliseconds since the epoch, database clock. */
  readonly occurredAt: number;
  readonly traceparent: string;
  readonly payload: string;
}

/** The columns of an event row, as `#platform/database` gives them: `bigint` and `timestamptz` are numbers. */
export interface EventRow {
  readonly position: number;
  readonly message_id: string;
  readonly pattern: string;
  readonly order_key: string;
  readonly order_sequence: number;
  readonly occurred_at: number;
  readonly traceparent: string;
  readonly payload: string;
}

export function eventColumns(table: string): string {
  const columns = [
    'position',
    'message_id',
    'pattern',
    'order_key',
    'order_sequence',
    'occurred_at',
    'traceparent',
    'payload',
  ];
  return columns.map((column) => `${table}.${column}`).join(', ');
}

export function eventOf(row: EventRow): PositionedEvent {
  return {
    position: row.position,
    id: row.message_id,
    pattern: row.pattern,
    orderKey: row.order_key,
    orderSequence: row.order_sequence,
    occurredAt: row.occurred_at,
    traceparent: row.traceparent,
    payload: row.payload,
  };
}
