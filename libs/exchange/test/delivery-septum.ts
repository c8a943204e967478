import { encodeMessage } from '#platform/hl7v2';
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
  RelayToken,
  topology,
  type ContextDefinition,
} from '#platform/runtime';
import {
  createResourceStore,
  ParticipantToken,
  resourceController,
  ResourceStoreToken,
  storeContracts,
  transactionController,
} from '#platform/store';
import { EncodeV2Token, type EncodeV2 } from '../src/delivery/encode-v2.ts';
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

/** So little as is needed: the context that joins in later knows how to say a document in HL7 v2. */
const encode: EncodeV2 = (bundle, { controlId }) => {
  if (bundle['type'] === 'collection') throw new TypeError('no such message');
  return encodeMessage([
    [
      'MSH',
      'SEPTUM',
      'HERE',
      '',
      'THERE',
      '20260101',
      '',
      ['MDM', 'T02'],
      controlId,
      'P',
      '2.5.1',
      '',
      '',
      '',
      '',
      '',
      'UNICODE UTF-8',
    ],
    ['PID', '1', undefined, String(bundle.id), undefined, 'Canary'],
  ]);
};

/** The part of `exchange` that this is about. */
export const deliveries = defineContext({
  name: 'exchange',
  types: ['Basic'],
  ...deliveryParts,
  providers: [...deliveryParts.providers, { provide: EncodeV2Token, useValue: encode }],
});

const directory = defineContext({ name: 'directory', types: ['Endpoint'] });

export interface DeliverySeptum {
  readonly messenger: Messenger;
  stop(): Promise<void>;
}

/** Deliveries, with whom they need, in this process. */
export async function startDeliveries({
  urls,
  partners,
  wrap = (database) => database,
}: DeliverySeptumOptions): Promise<DeliverySeptum> {
  const switchboard = new LocalSwitchboard();
  const messenger = new Messenger({ switchboard });
  const contexts: readonly ContextDefinition[] = [directory, telling, deliveries];
  const names = contexts.map(({ name }) => name);
  const health = new Health({ topology: topology(names, { only: [], except: [] }) });
  const surroundings = {
    switchboard,
    messenger,
    guard: new MessageGuard(),
    health,
    metrics: new Metrics(),
    log: createLog('silent'),
  };
  let events: EventExchange | undefined;
  const running = await Promise.all(
    contexts.map(async (definition) => {
      const { name, types, exits = [] } = definition;
      const opened = openContextDatabase({ url: urls[name]!, context: name });
      const database = name === 'exchange' ? wrap(opened) : opened;
      const poke = () => events?.poke(name);
      const store = createResourceStore({
        database,
        types,
        hashKey: 'for these specs only',
        relay: { poke },
      });
      const waysOut = { partners: loadPartners({ partners }), exits, record: store.recordDisclosure };
      const context = await bootContext(
        definition,
        {
          contracts: storeContracts(name),
          controllers: [resourceController(name), transactionController(name)],
          providers: [
            { provide: ContextDatabaseToken, useValue: database },
            { provide: ResourceStoreToken, useValue: store },
            { provide: ParticipantToken, useValue: { store, prepared: database.prepared } },
            { provide: RelayToken, useValue: { poke } },
            { provide: OutboundHttp, useValue: new OutboundHttp(waysOut) },
            { provide: OutboundMllp, useValue: new OutboundMllp(waysOut) },
          ],
        },
        surroundings,
      );
      return { ...context, database };
    }),
  );
  events = new EventExchange({
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
