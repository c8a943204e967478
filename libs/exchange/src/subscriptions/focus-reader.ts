import { Inject, Injectable } from '@nestjs/common';
import { hasScope, systemCaller, type Caller } from '#platform/access';
import { Messenger, type CallScope } from '#platform/messaging';
import { resourceContracts } from '#platform/store';
import type { ToldEvent } from '../domain/notification.ts';
import { topicOf } from '../domain/subscription-topic.ts';
import { onBehalfOf } from './on-behalf.ts';
import type { RecordedEvent } from '../store/notifications.ts';

/** Reads the resources that events are about, as somebody may see them. */
@Injectable()
export class FocusReader {
  readonly #messenger: Messenger;
  readonly #part = systemCaller('exchange');

  constructor(@Inject(Messenger) messenger: Messenger) {
    this.#messenger = messenger;
  }

  /** As whom to read for a subscriber, who does not call at this moment. */
  readerFor(subscriber: Caller, topic: string): Caller {
    return onBehalfOf(this.#part, subscriber, topicOf(topic)?.types ?? []);
  }

  /**
   * The events with the texts of their resources as they are now; without, where the resource is gone or not for this
   * caller. The context that owns them decides and records that.
   */
  async read(
    caller: Caller,
    topic: string,
    events: readonly RecordedEvent[],
    within?: CallScope,
  ): Promise<readonly (ToldEvent & RecordedEvent)[]> {
    const context = topicOf(topic)?.context;
    const references = events.filter(({ type }) => hasScope(caller, type, 'r')).map(referenceOf);
    if (context === undefined || references.length === 0) return events;
    const { result, texts } = await this.#messenger.call(
      caller,
      resourceContracts(context).readMany,
      { references: [...new Set(references)] },
      within === undefined ? {} : { within },
    );
    const found = new Map(result.map((stored, at) => [referenceOf(stored), texts[at]]));
    return events.map((event) => ({ ...event, text: found.get(referenceOf(event)) }));
  }
}

function referenceOf({ type, id }: { readonly type: string; readonly id: string }): string {
  return `${type}/${id}`;
}
