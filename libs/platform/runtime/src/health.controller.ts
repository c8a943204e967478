import { Controller, Get, Inject, Res, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { Public } from '#platform/access';
import { Health } from './health.ts';
import type { PartStatus } from './part-status.ts';

/** What of Fastify's reply is used here. */
interface StatusReply {
  status(code: number): unknown;
}

/** The probes of Kubernetes, by Terminus: 200 or 503, with a reason. Only `contexts` tells of the parts, to callers with a token. */
@Controller('health')
export class HealthController {
  readonly #check: HealthCheckService;
  readonly #indicators: HealthIndicatorService;
  readonly #health: Health;

  constructor(
    @Inject(HealthCheckService) check: HealthCheckService,
    @Inject(HealthIndicatorService) indicators: HealthIndicatorService,
    @Inject(Health) health: Health,
  ) {
    this.#check = check;
    this.#indicators = indicators;
    this.#health = health;
  }

  /** Answered means alive: a restart would heal neither PostgreSQL nor NATS. */
  @Public()
  @Get('live')
  live(@Res({ passthrough: true }) reply: StatusReply): Promise<unknown> {
    return this.#answer(reply, async () => undefined);
  }

  @Public()
  @Get('startup')
  startup(@Res({ passthrough: true }) reply: StatusReply): Promise<unknown> {
    return this.#answer(reply, async () =>
      this.#health.phase === 'starting' ? 'The process is starting.' : undefined,
    );
  }

  @Public()
  @Get('ready')
  ready(@Res({ passthrough: true }) reply: StatusReply): Promise<unknown> {
    return this.#answer(reply, () => this.#health.unready());
  }

  @Get('contexts')
  async contexts(): Promise<{ contexts: PartStatus[] }> {
    return { contexts: await this.#health.everywhere() };
  }

  /** Terminus' answer as it is, 503 included: the filter of the FHIR API would make an OperationOutcome of it. */
  async #answer(reply: StatusReply, reasonAgainst: () => Promise<string | undefined>): Promise<unknown> {
    const indicator = async () => {
      const reason = await reasonAgainst();
      const process = this.#indicators.check('process');
      return reason === undefined ? process.up() : process.down(reason);
    };
    try {
      return await this.#check.check([indicator]);
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      reply.status(503);
      return error.getResponse();
    }
  }
}
