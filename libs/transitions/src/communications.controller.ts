import { Controller, Inject } from '@nestjs/common';
import { assertScope, type Caller } from '#platform/access';
import { Fault } from '#platform/fhir';
import { Handles, reply, type CallScope, type Reply } from '#platform/messaging';
import { ResourceStoreToken, type ResourceStore } from '#platform/store';
import {
  readCommunicationContent,
  settleCommunication,
  type ReadCommunicationContent,
  type SettleCommunication,
} from './contract/index.ts';
import { contentOf, mayBeTold, settled } from './domain/communication.ts';
import { fact } from './domain/fact.ts';

const attempts = 5;

/** Hands what is to be told to whoever sends it, and records how that ended. */
@Controller()
export class CommunicationsController {
  readonly #store: ResourceStore;

  constructor(@Inject(ResourceStoreToken) store: ResourceStore) {
    this.#store = store;
  }

  /** The store records both reads before the answer leaves: of the Communication, which names the patient, and of what it tells. */
  @Handles(readCommunicationContent)
  async content(caller: Caller, { communication }: ReadCommunicationContent): Promise<Reply<object>> {
    assertScope(caller, 'Bundle', 'r');
    const { texts } = await this.#store.read(caller, { type: 'Communication', id: communication });
    const { fields } = fact(texts[0] ?? '{}');
    const bundle = contentOf(fields);
    if (!mayBeTold(fields) || bundle === undefined) return reply({});
    const content = await this.#store.read(caller, { type: 'Bundle', id: bundle });
    return reply({}, content.texts);
  }

  @Handles(settleCommunication)
  async settle(
    caller: Caller,
    { communication, ...settlement }: SettleCommunication,
    { traceparent }: CallScope,
  ): Promise<Reply<object>> {
    for (let attempt = 1; ; attempt += 1) {
      const { result, texts } = await this.#store.read(caller, { type: 'Communication', id: communication });
      const changed = settled(texts[0] ?? '{}', settlement);
      if (changed === undefined) return reply({});
      const { type, id, text } = changed;
      const request = { method: 'update' as const, type, id, ifMatch: result.version };
      try {
        await this.#store.write(caller, request, text, traceparent);
        return reply({});
      } catch (error) {
        // It was called off, or settled by another copy, just now: what is said of it then depends on that.
        const isRaced = error instanceof Fault && error.kind === 'version-conflict';
        if (!isRaced || attempt === attempts) throw error;
      }
    }
  }
}
