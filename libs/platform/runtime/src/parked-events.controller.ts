import { Controller, Inject, type Type } from '@nestjs/common';
import { assertOperator, type Caller } from '#platform/access';
import { ContextDatabaseToken, type ContextDatabase } from '#platform/database';
import {
  findParked,
  Handles,
  parkedEvents,
  replayParked,
  reply,
  type ParkedEvent,
  type Reply,
} from '#platform/messaging';
import { ResourceStoreToken, type ResourceStore } from '#platform/store';
import {
  ListParked,
  parkedEventContracts,
  ReplayParked,
  type Replayed,
  type ToldParked,
} from './parked-events.contract.ts';

/** A controller class that answers `parkedEventContracts` of one context. Each access is recorded before its answer leaves. */
export function parkedEventsController(context: string): Type<object> {
  const contracts = parkedEventContracts(context);

  @Controller()
  class ParkedEventsController {
    constructor(
      @Inject(ContextDatabaseToken) private readonly database: ContextDatabase,
      @Inject(ResourceStoreToken) private readonly store: ResourceStore,
    ) {}

    @Handles(contracts.list)
    async list(caller: Caller, { count, withKeys }: ListParked): Promise<Reply<readonly ToldParked[]>> {
      assertOperator(caller, 's');
      const parked = await parkedEvents(this.database, count);
      if (!withKeys) return reply(parked.map(withoutKey));
      await this.#record(caller, 'R', parked, '$events-parked with keys');
      return reply(parked);
    }

    @Handles(contracts.replay)
    async replay(caller: Caller, { dryRun, ...keys }: ReplayParked): Promise<Reply<Replayed>> {
      assertOperator(caller, 'u');
      const meant = await findParked(this.database, keys);
      if (dryRun) return reply(countOf(meant));
      // What is parked between the two is replayed too, and not recorded by its patient: it is of the same subscription.
      await this.#record(caller, 'E', meant, `$events-replay ${keys.subscription}`);
      return reply(countOf(await replayParked(this.database, keys)));
    }

    #record(
      caller: Caller,
      action: 'R' | 'E',
      parked: readonly { readonly orderKey: string }[],
      detail: string,
    ): Promise<void> {
      const patients = parked.flatMap(({ orderKey }) => /^Patient\/(.+)$/.exec(orderKey)?.[1] ?? []);
      return this.store.recordDisclosure(caller, {
        action,
        type: 'MessageHeader',
        count: parked.length,
        patients,
        detail,
      });
    }
  }

  return ParkedEventsController;
}

function withoutKey(parked: ParkedEvent): ToldParked {
  const { orderKey: _, ...rest } = parked;
  return rest;
}

function countOf(keys: readonly { readonly behind: number }[]): Replayed {
  return { keys: keys.length, events: keys.reduce((sum, { behind }) => sum + 1 + behind, 0) };
}
