import type { Provider, Type } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import {
  ContextDatabaseToken,
  dataSourceFor,
  type EntityClass,
  type MigrationClass,
} from '#platform/database';
import { edgeMigrations } from '#platform/edge';
import { OutboundHttp, OutboundMllp, type OutboundOptions, type Partners } from '#platform/outbound';
import {
  CreatePartSecret1763800000500,
  parkedEventContracts,
  parkedEventsController,
  partSecret,
  RelayToken,
  rulesOf,
  type ContextDefinition,
  type ContextParts,
  type Databases,
  type Shutdown,
} from '#platform/runtime';
import {
  createResourceStore,
  ParticipantToken,
  resourceController,
  ResourceStoreToken,
  storeContracts,
  storeMigrations,
  transactionController,
  type Participant,
} from '#platform/store';
import { catalogue } from '../catalogue.ts';
import type { PublicAddress } from './public-address.ts';
import type { SharedTransactions } from './shared-transactions.ts';

/** The migrations of a part: of the store first, then of its own tables. */
export function migrationsOf(part: string): readonly MigrationClass[] {
  if (part === 'edge') return edgeMigrations;
  const own = catalogue.find(({ name }) => name === part)?.migrations ?? [];
  return [CreatePartSecret1763800000500, ...storeMigrations, ...own.map((each) => each as MigrationClass)];
}

export interface ContextPartsOptions {
  readonly databases: Databases;
  readonly shutdown: Shutdown;
  readonly shared: SharedTransactions | undefined;
  readonly address: PublicAddress;
  readonly partners: Partners;
  /** Tells the context's relay of committed events. */
  readonly poke: () => void;
}

/** What every context has: the store of its types, and its part in shared transactions. */
export async function contextParts(
  definition: ContextDefinition,
  { databases, shutdown, shared, address, partners, poke }: ContextPartsOptions,
): Promise<ContextParts> {
  const { name, types, entities = [], exits = [] } = definition;
  const database = databases.open(name);
  const hashKey = await partSecret(database, 'search-hash');
  const store = createResourceStore({
    database,
    types,
    rules: rulesOf(definition, partners),
    hashKey,
    ownBase: () => address.fhirBase,
    relay: { poke },
  });
  const participant: Participant = {
    store,
    prepared: database.prepared,
    ...(shared?.covers(name) === true ? { coordinator: shared.transactions } : {}),
  };
  return {
    contracts: [...storeContracts(name), ...Object.values(parkedEventContracts(name))],
    controllers: [resourceController(name), transactionController(name), parkedEventsController(name)],
    providers: [
      { provide: ContextDatabaseToken, useValue: database },
      { provide: ResourceStoreToken, useValue: store },
      { provide: ParticipantToken, useValue: participant },
      { provide: RelayToken, useValue: { poke } },
      ...(exits.length === 0 ? [] : waysOut({ partners, exits, record: store.recordDisclosure })),
      ...(entities.length === 0 ? [] : [await ownTables(name, entities, databases, shutdown)]),
    ],
  };
}

function waysOut(options: OutboundOptions): Provider[] {
  return [
    { provide: OutboundHttp, useValue: new OutboundHttp(options) },
    { provide: OutboundMllp, useValue: new OutboundMllp(options) },
  ];
}

/** TypeORM for the tables of a context's own: its DataSource, with the entities that the context lists. */
async function ownTables(
  context: string,
  entities: readonly Type[],
  databases: Databases,
  shutdown: Shutdown,
): Promise<Provider> {
  const source = dataSourceFor({
    url: databases.urlOf(context),
    context,
    entities: entities.map((each) => each as EntityClass),
  });
  await source.initialize();
  shutdown.at('close-clients', () => source.destroy());
  return { provide: getDataSourceToken(), useValue: source };
}
