/** What the pages are made of: the contexts as they declare themselves, and what the sources add. */
import { parkedEventContracts, rulesOf, statusContract } from '#platform/runtime';
import { resourceChanged, resourcesImported, storeContracts } from '#platform/store';
import { classesOf, eventSayingsOf, importsOf } from './sources.mjs';

/**
 * @param catalogue the contexts, as `apps/septum` lists them
 * @param controllers the Nest controllers of the HTTP side
 * @param sources what `readSources` gives
 */
export function modelOf({ catalogue, controllers, sources }) {
  const sayings = eventSayingsOf(sources);
  return {
    contexts: catalogue.map((definition) => contextOf(definition, sayings)),
    controllers,
    imports: importsOf(sources),
    classes: classesOf(sources),
  };
}

function contextOf(definition, sayings) {
  const { name, types, needs = [], ...rest } = definition;
  const { operations = [], contracts = [], publishes = [], controllers = [], exits = [] } = rest;
  return {
    name,
    types,
    needs,
    rules: [...new Set(rulesOf(definition).map(({ type }) => type))],
    operations: operations.map(operationOf),
    common: [statusContract(name), ...Object.values(parkedEventContracts(name)), ...storeContracts(name)].map(
      contractOf,
    ),
    own: [
      ...operations.map((operation) => ({
        ...contractOf(operation.contract),
        says: operation.documentation,
      })),
      ...contracts.map(contractOf),
    ],
    commonEvents: [resourceChanged(name), resourcesImported(name)].map((event) => eventOf(event, sayings)),
    events: publishes.map((event) => eventOf(event, sayings)),
    exits: exits.map(({ name, kind, action, documentation }) => ({ name, kind, action, documentation })),
    listeners: controllers.flatMap(listenersOf),
  };
}

function contractOf({ context, pattern, request, idempotent }) {
  return { pattern, name: pattern.slice(context.length + 1), request: request.name, idempotent };
}

function operationOf({ name, level, type, readOnly, documentation, contract }) {
  const place = { system: '', type: `${type}/`, instance: `${type}/[id]/` }[level];
  return { address: `${place}$${name}`, pattern: contract.pattern, readOnly, documentation };
}

function eventOf({ context, pattern, payload }, sayings) {
  const says = sayings.get(pattern.replace(/\.v\d+$/, '')) ?? '';
  return { pattern, name: pattern.slice(context.length + 1), payload: payload.name, says };
}

/** Where Nest keeps what `@Hears` said of a method. */
const extrasMetadata = 'microservices:pattern_extras';

function listenersOf(controller) {
  return Object.getOwnPropertyNames(controller.prototype).flatMap((key) => {
    const { value: method } = Object.getOwnPropertyDescriptor(controller.prototype, key);
    const extras = typeof method === 'function' ? Reflect.getMetadata(extrasMetadata, method) : undefined;
    if (extras?.hears === undefined) return [];
    const { hears, subscription } = extras;
    return { pattern: hears.pattern, publisher: hears.context, subscription };
  });
}
