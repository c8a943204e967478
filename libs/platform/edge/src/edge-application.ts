import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import fastifyStatic from '@fastify/static';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { TransactionRecovery } from './bundle/transaction-recovery.ts';
import { RefusalLog } from './home/refusal-log.ts';
import { edgeModule, type EdgeDependencies } from './edge.module.ts';

export interface EdgeRoute {
  readonly method: string;
  /** With parameters, e.g. `/fhir/R4/:type/:id`. */
  readonly path: string;
}

/** The edge as a running thing. */
export interface EdgeApplication {
  /** Every route, as it was registered; complete once it listens. */
  readonly routes: readonly EdgeRoute[];
  /** Listens; the answer is the port, for when 0 was asked. */
  listen(host: string, port: number): Promise<number>;
  /**
   * From now on every answer carries `Connection: close`, so that clients go elsewhere. Connections that are idle stay
   * open until `close`: a request may be on its way on one, and nobody sends a POST twice.
   */
  beginDraining(): void;
  /** Stops listening, and waits for the requests in flight. */
  close(): Promise<void>;
}

const pageHeaders = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
  'cache-control': 'no-cache',
} as const;

const answerHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
} as const;

/** Makes the edge, guarded and complete, not yet listening. */
export async function createEdge(dependencies: EdgeDependencies): Promise<EdgeApplication> {
  const { settings } = dependencies;
  const application = await NestFactory.create<NestFastifyApplication>(
    edgeModule(dependencies),
    httpAdapter(),
    {
      bodyParser: false,
      abortOnError: false,
    },
  );
  const server = application.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const routes: EdgeRoute[] = [];
  let draining = false;
  prepare(server, routes, () => draining);
  const recovery = application.get(TransactionRecovery);
  if (settings.consoleFolder !== undefined) await serveConsole(server, settings.consoleFolder);
  return {
    routes,
    async listen(host, port) {
      await application.listen(port, host);
      recovery.start();
      const address = server.server.address();
      return typeof address === 'object' && address !== null ? address.port : port;
    },
    beginDraining() {
      draining = true;
    },
    async close() {
      await recovery.stop();
      await application.close();
      await application.get(RefusalLog).flush();
    },
  };
}

function httpAdapter(): FastifyAdapter {
  return new FastifyAdapter({
    skipMiddie: true,
    // An id is at most 64 characters; the rest is room for an encoded dollar sign.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 100 },
    // Some clients encode the dollar sign of an operation, and the router tells operations by it.
    rewriteUrl: ({ url = '/' }: IncomingMessage) => (url.includes('%24') ? plainDollar(url) : url),
    requestTimeout: 60_000,
    keepAliveTimeout: 72_000,
    genReqId: ({ headers }: IncomingMessage) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
    },
  });
}

function plainDollar(url: string): string {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  return path.replaceAll('%24', '$') + url.slice(path.length);
}

/** Headers and the request's id: nothing here decides whether a request is allowed, that is for the guards. */
function prepare(server: FastifyInstance, routes: EdgeRoute[], isDraining: () => boolean): void {
  server.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) routes.push({ method: each, path: url });
  });
  server.removeAllContentTypeParsers();
  // Bodies are read after the guards, see read-body.ts.
  server.addContentTypeParser('*', (_request, _payload, done) => done(null));
  server.decorateRequest('caller', null);
  server.addHook('onRequest', (request, reply, done) => {
    reply.headers(answerHeaders).header('x-request-id', request.id);
    if (isDraining()) reply.header('connection', 'close');
    done();
  });
}

/** Known files only: what is not a file of the console is no route. */
async function serveConsole(server: FastifyInstance, folder: string): Promise<void> {
  await server.register(fastifyStatic, {
    root: folder,
    wildcard: false,
    dotfiles: 'ignore',
    setHeaders: (reply) => void reply.headers(pageHeaders),
  });
}
