import type { MessageHandler } from '@nestjs/microservices';
import type { ListenerExtras } from './hears.ts';

/** All that one subscription hears of one publisher: read by one cursor. */
export interface Subscription {
  readonly name: string;
  readonly publisher: string;
  /** Order keys whose events are applied at the same time. */
  readonly sideBySide: number;
  /** By pattern of the event type. */
  readonly handlers: ReadonlyMap<string, MessageHandler>;
}

/**
 * The subscriptions among a context's handlers, as Nest's `Server.getHandlers()` gives them.
 *
 * @throws Error at boot when a subscription hears an event type twice, or an event handler was made without `@Hears`
 */
export function subscriptionsOf(
  context: string,
  handlers: ReadonlyMap<string, MessageHandler>,
): Subscription[] {
  const found = new Map<string, Subscription & { readonly handlers: Map<string, MessageHandler> }>();
  for (const [pattern, handler] of handlers) {
    if (handler.isEventHandler !== true) continue;
    if (!isListenerExtras(handler.extras)) {
      throw new Error(
        `Context "${context}": ${pattern} is heard without a subscription. Use @Hears(type, 'name').`,
      );
    }
    const { hears, subscription, sideBySide, where } = handler.extras;
    if (handler.next !== undefined) {
      throw new Error(
        `Context "${context}": ${where} and another method both hear ${pattern}. Give one its own subscription.`,
      );
    }
    const key = `${hears.context} ${subscription}`;
    const of = found.get(key) ?? {
      name: subscription,
      publisher: hears.context,
      sideBySide,
      handlers: new Map(),
    };
    if (of.sideBySide !== sideBySide) {
      throw new Error(
        `Context "${context}": ${where} hears for ${subscription} with ${sideBySide} side by side, another method with ${of.sideBySide}. Give both the same.`,
      );
    }
    found.set(key, of);
    of.handlers.set(hears.pattern, handler);
  }
  return [...found.values()];
}

function isListenerExtras(
  extras: MessageHandler['extras'],
): extras is Record<string, unknown> & ListenerExtras {
  return typeof extras?.['where'] === 'string' && extras['hears'] !== undefined;
}
