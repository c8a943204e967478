import type { INestMicroservice } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { CompositeStrategy, Contract } from '#platform/messaging';
import { refusal } from './refusal.ts';

/** What Nest keeps of `@UseGuards`. */
const guardsMetadata = '__guards__';
const globalTokens = ['APP_GUARD', 'APP_PIPE', 'APP_INTERCEPTOR', 'APP_FILTER'];

/** Every contract that a context declares is answered, and it answers none that it does not declare. */
export function assertHandlers(
  context: string,
  declared: readonly Contract<object, unknown>[],
  strategy: CompositeStrategy,
): void {
  const patterns = new Set(declared.map(({ pattern }) => pattern));
  const unanswered = [...patterns].find((pattern) => !strategy.requests.has(pattern));
  if (unanswered !== undefined)
    throw refusal(context, `nothing handles its contract ${unanswered}. Add a method with @Handles for it.`);
  const undeclared = [...strategy.requests.values()].find(({ contract }) => !patterns.has(contract.pattern));
  if (undeclared !== undefined) {
    throw refusal(
      context,
      `${undeclared.where} handles ${undeclared.contract.pattern}, which it does not declare. Add it to \`contracts\` or \`operations\`.`,
    );
  }
}

/** The same guards stand before every handler: those of the runtime, and none of a context's own. */
export function assertEqualGuards(context: string, app: INestMicroservice): void {
  for (const { controllers, providers } of app.get(ModulesContainer).values()) {
    const global = [...providers.keys()]
      .map(String)
      .find((name) => globalTokens.some((token) => name.startsWith(token)));
    if (global !== undefined)
      throw refusal(
        context,
        `it provides ${global}: what stands before all handlers is the runtime's affair. Remove it.`,
      );
    for (const { metatype } of controllers.values()) {
      const own = typeof metatype === 'function' ? guardedPlace(metatype) : undefined;
      if (own !== undefined)
        throw refusal(
          context,
          `${own} has guards of its own. Every handler has the same ones; decide in the handler.`,
        );
    }
  }
}

/** The class or method that carries `@UseGuards`, if any does. */
function guardedPlace(controller: { readonly name: string; readonly prototype: object }): string | undefined {
  if (Reflect.hasMetadata(guardsMetadata, controller)) return controller.name;
  const method = Object.getOwnPropertyNames(controller.prototype).find((key) => {
    const value: unknown = Object.getOwnPropertyDescriptor(controller.prototype, key)?.value;
    return typeof value === 'function' && Reflect.hasMetadata(guardsMetadata, value);
  });
  return method === undefined ? undefined : `${controller.name}.${method}`;
}

/** A request-scoped handler is built anew for every call, and on another path of Nest. */
export function assertStaticHandlers(context: string, app: INestMicroservice): void {
  for (const { controllers } of app.get(ModulesContainer).values()) {
    for (const wrapper of controllers.values()) {
      if (!wrapper.isDependencyTreeStatic())
        throw refusal(
          context,
          `${String(wrapper.name)} is request-scoped, by itself or by what it is given. Make it a singleton; what belongs to a call is its argument.`,
        );
    }
  }
}
