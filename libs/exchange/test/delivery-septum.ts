import { MessageGuard, systemCaller } from '#platform/access';
import { ContextDatabaseToken, openContextDatabase, type OpenContextDatabase } from '#platform/database';
import { EventExchange, LocalSwitchboard, Messenger } from '#platform/messaging';
import { loadPartners, OutboundHttp, OutboundMllp } from '#platform/outbound';
import {
  bootContext,
  createLog,
  defineContext,
  Health,
  Metrics,
  topology,
  type ContextDefinition,
  type ContextParts,
} from '#platform/runtime';
import { RuleBook } from '#platform/rules';
import {
  createResourceStore,
  ParticipantToken,
  resourceController,
  ResourceStoreToken,
  storeContracts,
  transactionController,
} from '#platform/store';
import { deliveryParts } from '../src/delivery-parts.ts';
import { telling } from './telling-context.ts';

export interface DeliverySeptumOptions {
  /** How each part logs in. */
  readonly urls: Readonly<Record<string, string>>;
  /** As an operator declares them. */
  readonly partners: readonly object[];
  /** The database of `exchange`, as a test would have it. */
  readonly wrap?: (database: OpenContextDatabase) => OpenContextDatabase;
}

/** The part of `exchange` that this is about. */
export const deliveries = defineContext({
  name: 'exchange',
  types: ['Basic'],
  ...deliveryParts,
});

const directory = defineContext({ name: 'directory', types: ['Endpoint'] });

export interface DeliverySeptum {
  readonly messenger: Messenger;
  stop(): Promise<void>;
}

/** Deliveries, with whom they need, in this process. */
export async function startDeliveries(options: DeliverySeptumOptions): Promise<DeliverySeptum> {
  const switchboard = new LocalSwitchboard();
  const messenger = new Messenger({ switchboard });
  const contexts: readonly ContextDefinition[] = [directory, telling, deliveries];
  const names = contexts.map(({ name }) => name);
  const surroundings = {
    switchboard,
    messenger,
    guard: new MessageGuard(),
    health: new Health({ topology: topology(names, { only: [], except: [] }) }),
    metrics: new Metrics(),
    log: createLog('silent'),
  };
  const running = await Promise.all(
    contexts.map(async (definition) => {
      const { database, parts } = partsOf(definition, options);
      return { ...(await bootContext(definition, parts, surroundings)), database };
    }),
  );
  const events = new EventExchange({
    parts: running.map(({ name, strategy, database }) => ({
      name,
      database,
      caller: systemCaller(name),
      handlers: strategy.getHandlers(),
    })),
    pollMs: 100,
    onError: () => undefined,
  });
  for (const { application } of running) await application.listen();
  await events.start();
  return {
    messenger,
    async stop() {
      await events.stop();
      for (const { application } of running) await application.close();
      for (const { database } of running) await database.close();
    },
  };
}

/** What a context of the installation is given. */
function partsOf(
  { name, types, exits = [] }: ContextDefinition,
  { urls, partners, wrap = (database) => database }: DeliverySeptumOptions,
): { readonly database: OpenContextDatabase; readonly parts: ContextParts } {
  const opened = openContextDatabase({ url: urls[name]!, context: name });
  const database = name === 'exchange' ? wrap(opened) : opened;
  const store = createResourceStore({ database, types, hashKey: 'for these specs only' });
  const waysOut = { partners: loadPartners({ partners }), exits, record: store.recordDisclosure };
  const parts = {
    contracts: storeContracts(name),
    controllers: [resourceController(name), transactionController(name)],
    providers: [
      { provide: ContextDatabaseToken, useValue: database },
      { provide: ResourceStoreToken, useValue: store },
      { provide: ParticipantToken, useValue: { store, prepared: database.prepared } },
      { provide: RuleBook, useValue: new RuleBook(database, { leads: true }) },
      { provide: OutboundHttp, useValue: new OutboundHttp(waysOut) },
      { provide: OutboundMllp, useValue: new OutboundMllp(waysOut) },
    ],
  };
  return { database, parts };
}
