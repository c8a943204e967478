import {
  Catch,
  Module,
  type ArgumentsHost,
  type CanActivate,
  type DynamicModule,
  type ExceptionFilter,
  HttpException,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { asFault } from '#platform/fhir';
import { healthModule } from './health.module.ts';
import type { Health } from './health.ts';
import type { Metrics } from './metrics.ts';

/** The HTTP side of a process without the edge: `/health` and `/metrics`, nothing else. */
export interface ProbeServer {
  listen(host: string, port: number): Promise<number>;
  close(): Promise<void>;
}

@Catch()
class FaultAsJson implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<{ status(code: number): { send(body: object): void } }>();
    if (error instanceof HttpException) return reply.status(error.getStatus()).send({ error: error.message });
    const fault = asFault(error);
    reply.status(fault.status).send({ error: fault.message });
  }
}

@Module({})
class ProbeModule {}

function probeModule(health: Health, metrics: Metrics | undefined, guard: CanActivate): DynamicModule {
  return {
    module: ProbeModule,
    imports: [healthModule(health, metrics)],
    providers: [
      { provide: APP_FILTER, useClass: FaultAsJson },
      { provide: APP_GUARD, useValue: guard },
    ],
  };
}

/** `guard` stands before all but the probes; `metrics` is left out where it has a port of its own. */
export async function createProbeServer(
  health: Health,
  metrics: Metrics | undefined,
  guard: CanActivate,
): Promise<ProbeServer> {
  const application = await NestFactory.create<NestFastifyApplication>(
    probeModule(health, metrics, guard),
    new FastifyAdapter({ skipMiddie: true }),
    { bodyParser: false, abortOnError: false },
  );
  return {
    async listen(host, port) {
      await application.listen(port, host);
      const address: unknown = application.getHttpServer().address();
      return typeof address === 'object' && address !== null && 'port' in address
        ? Number(address.port)
        : port;
    },
    close: () => application.close(),
  };
}
