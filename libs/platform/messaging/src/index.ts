export * from './contract.ts';
export * from './event.ts';
export { decodeFault, encodeFault, type FaultValue } from './fault-codec.ts';
export * from './composite-strategy.ts';
export * from './handles.ts';
export * from './local-switchboard.ts';
export * from './messenger.ts';
export * from './nats/nats-link.ts';
export * from './nats/remote-binding.ts';
export type { PermitLimits } from './permit.ts';
export { childTrace } from './trace.ts';
export { appendEvents, eventStatement } from './events/append-events.ts';
export type { EventDatabase, EventStatement, EventTransaction } from './events/event-database.ts';
export {
  EventExchange,
  type EventExchangeOptions,
  type EventLag,
  type EventPartOptions,
  type SubscriptionStatus,
} from './events/event-exchange.ts';
export { LeaseKeeper } from './events/lease-keeper.ts';
export { WorkLoop } from './events/work-loop.ts';
export { eventTablesSql } from './events/event-tables.ts';
export { Hears, type Delivery, type HearingOptions, type Listener } from './events/hears.ts';
export { findParked, parkedEvents, replayParked, type ParkedEvent } from './events/parked.ts';
export { JetStreams, type JetStreamsOptions } from './events/jetstream/jet-streams.ts';
