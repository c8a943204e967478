import {
  Module,
  type CanActivate,
  type DynamicModule,
  type INestMicroservice,
  type Provider,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestMicroservice } from '@nestjs/microservices';
import {
  CompositeStrategy,
  Messenger,
  type Contract,
  type LocalSwitchboard,
  type NatsLink,
} from '#platform/messaging';
import type { ContextDefinition } from './context-definition.ts';
import { Health } from './health.ts';
import { assertEqualGuards, assertHandlers, assertStaticHandlers } from './invariants/handler-invariants.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { statusContract, statusController } from './part-status.contract.ts';

/** What all contexts of a process share. Nothing else crosses between them. */
export interface ContextSurroundings {
  readonly switchboard: LocalSwitchboard;
  readonly messenger: Messenger;
  /** The one guard that stands before every handler of every context. */
  readonly guard: CanActivate;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly nats?: NatsLink;
}

/** What a context has beyond its definition: its store, as controllers with the contracts they answer, and providers. */
export interface ContextParts {
  readonly contracts: readonly Contract<object, unknown>[];
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
}

export interface RunningContext {
  readonly name: string;
  readonly application: INestMicroservice;
  readonly strategy: CompositeStrategy;
}

@Module({})
class ContextModule {}

/** Boots one context as a Nest application of its own, checked and not yet listening. */
export async function bootContext(
  definition: ContextDefinition,
  parts: ContextParts,
  surroundings: ContextSurroundings,
): Promise<RunningContext> {
  const { name } = definition;
  const { switchboard, nats, guard, metrics, log } = surroundings;
  const meter = metrics.meter(name);
  const strategy = new CompositeStrategy({
    context: name,
    switchboard,
    ...(nats === undefined ? {} : { nats }),
    onException: (error, pattern, trace) =>
      log.error({ context: name, pattern, trace, error }, 'a handler failed'),
    onServed: (pattern, outcome, elapsedMs) => meter.observe(pattern, outcome, elapsedMs / 1000),
  });
  const application = await NestFactory.createMicroservice(contextModule(definition, parts, surroundings), {
    strategy,
    abortOnError: false,
  });
  application.useGlobalGuards(guard);
  beginOnce(application);
  await application.init();
  assertHandlers(name, contractsOf(definition, parts), strategy);
  assertEqualGuards(name, application);
  assertStaticHandlers(name, application);
  return { name, application, strategy };
}

/** Left to itself, Nest's `init` of a microservice calls the hooks of its providers twice: their work would run twice. */
function beginOnce(application: INestMicroservice): void {
  (application as NestMicroservice).setIsInitHookCalled(true);
}

function contextModule(
  definition: ContextDefinition,
  parts: ContextParts,
  { messenger, health }: ContextSurroundings,
): DynamicModule {
  return {
    module: ContextModule,
    controllers: [statusController(definition.name), ...parts.controllers, ...(definition.controllers ?? [])],
    providers: [
      { provide: Messenger, useValue: messenger },
      { provide: Health, useValue: health },
      ...parts.providers,
      ...(definition.providers ?? []),
      ...(definition.doors ?? []),
    ],
  };
}

function contractsOf(
  { name, operations = [], contracts = [] }: ContextDefinition,
  parts: ContextParts,
): readonly Contract<object, unknown>[] {
  return [statusContract(name), ...parts.contracts, ...operations.map((each) => each.contract), ...contracts];
}
