/** `routes.md`: what HTTP answers, and to whom. */
import { RequestMethod } from '@nestjs/common';
import { credentialMetadata } from '#platform/access';
import { code, head, page, table } from './markdown.mjs';

export function routesPage({ contexts, controllers }) {
  const routes = controllers.flatMap(routesOf).sort(byPath);
  const operations = contexts.flatMap(({ name, operations: offered }) =>
    offered.map((each) => ({ ...each, context: name })),
  );
  return page([
    ...head('HTTP routes', "the edge's controllers and the operations that contexts declare"),
    'Every route asks for a bearer token or a session unless it says that it is public. A GET is a HEAD too. Beside these the',
    'edge serves the files of the built console, publicly, each by its name.',
    '',
    ...table(
      ['method', 'path', 'needs', 'handled by'],
      routes.map(({ method, path, credential, where }) => [method, code(path), credential, code(where)]),
    ),
    '',
    '`/session` exists in the profile `demo` only. `/metrics` is on this port in `demo`; in `production` it is on',
    '`SEPTUM_METRICS_PORT` and needs no token. A process without the edge serves `/health` and, in `demo`, `/metrics`.',
    '',
    '## Operations',
    '',
    'Reached by the routes with `$`. `Patient/[id]/$everything` is the edge’s own.',
    '',
    ...table(
      ['operation', 'context', 'methods', 'what'],
      operations.map(({ address, context, readOnly, documentation }) => [
        code(address),
        code(context),
        readOnly ? 'GET, POST' : 'POST',
        documentation,
      ]),
    ),
  ]);
}

const credentials = {
  none: 'nothing: public',
  'one-use-code': 'the one-use code',
  'token-or-session': 'a token or a session',
};

function routesOf(controller) {
  const base = Reflect.getMetadata('path', controller) ?? '';
  return Object.getOwnPropertyNames(controller.prototype).flatMap((name) => {
    const { value: method } = Object.getOwnPropertyDescriptor(controller.prototype, name);
    // The constructor's own `path` is the controller's.
    const handles = typeof method === 'function' && name !== 'constructor';
    const path = handles ? Reflect.getMetadata('path', method) : undefined;
    if (path === undefined) return [];
    const credential =
      Reflect.getMetadata(credentialMetadata, method) ?? Reflect.getMetadata(credentialMetadata, controller);
    return {
      method: RequestMethod[Reflect.getMetadata('method', method)],
      path: `/${[base, path]
        .map((each) => each.replace(/^\/|\/$/g, ''))
        .filter((each) => each !== '')
        .join('/')}`,
      credential: credentials[credential ?? 'token-or-session'],
      where: `${controller.name}.${name}`,
    };
  });
}

function byPath(one, other) {
  return one.path < other.path ? -1 : one.path > other.path ? 1 : one.method < other.method ? -1 : 1;
}
