import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { HttpGuard, TokenVerifier } from '#platform/access';
import type { ContextDatabase } from '#platform/database';
import type { Messenger } from '#platform/messaging';
import type { ContextDefinition } from '#platform/runtime';
import { Edge, type EdgeSettings, type SharedTransactions } from './edge.ts';
import { RefusalLog } from './home/refusal-log.ts';
import { SessionStore } from './home/sessions.ts';
import { tokenKeyFinder } from './home/signing-keys.ts';
import { TransactionRecovery } from './bundle/transaction-recovery.ts';
import { FaultFilter } from './http/fault.filter.ts';
import { RateLimit } from './http/rate-limit.ts';
import { RateGuard } from './http/rate.guard.ts';
import { SessionController } from './http/session.controller.ts';
import { BundleController } from './interactions/bundle.controller.ts';
import { CapabilitiesInteraction } from './interactions/capabilities.ts';
import { CreateInteraction } from './interactions/create.ts';
import { DeleteInteraction } from './interactions/delete.ts';
import { HistoryInstanceInteraction } from './interactions/history-instance.ts';
import { OperationInteraction } from './interactions/operation.ts';
import { ReadInteraction } from './interactions/read.ts';
import { SearchInteraction } from './interactions/search.ts';
import { UpdateInteraction } from './interactions/update.ts';
import { VreadInteraction } from './interactions/vread.ts';

export interface EdgeDependencies {
  readonly messenger: Messenger;
  /** The home database, logged in as `edge`. */
  readonly home: ContextDatabase;
  /** All contexts of the installation, wherever they run. */
  readonly contexts: readonly ContextDefinition[];
  readonly settings: EdgeSettings;
  /** Absent: every transaction takes two phases. */
  readonly shared?: SharedTransactions;
  /** Modules that add routes of their own, e.g. health; the same guards stand before them. */
  readonly imports?: readonly (DynamicModule | Type)[];
}

@Module({})
export class EdgeModule {}

const interactions = [
  BundleController,
  CapabilitiesInteraction,
  CreateInteraction,
  DeleteInteraction,
  HistoryInstanceInteraction,
  OperationInteraction,
  ReadInteraction,
  SearchInteraction,
  UpdateInteraction,
  VreadInteraction,
];

/** The HTTP side of Septum as one Nest module: its guards stand before every route of the application. */
export function edgeModule({
  messenger,
  home,
  contexts,
  settings,
  shared,
  imports,
}: EdgeDependencies): DynamicModule {
  const sessions = new SessionStore(home);
  const guard = new HttpGuard(
    new TokenVerifier(tokenKeyFinder(home)),
    settings.sessions ? sessions : undefined,
  );
  const edge = new Edge(messenger, home, contexts, settings, shared);
  return {
    module: EdgeModule,
    imports: [...(imports ?? [])],
    controllers: [...(settings.sessions ? [SessionController] : []), ...interactions],
    providers: [
      { provide: Edge, useValue: edge },
      { provide: TransactionRecovery, useValue: new TransactionRecovery(edge) },
      { provide: SessionStore, useValue: sessions },
      { provide: RefusalLog, useValue: new RefusalLog(home) },
      { provide: APP_FILTER, useClass: FaultFilter },
      { provide: APP_GUARD, useValue: guard },
      { provide: APP_GUARD, useValue: new RateGuard(new RateLimit(settings.rateLimit)) },
    ],
  };
}
