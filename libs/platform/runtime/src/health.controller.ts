import { Controller, Get, Inject } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService, type HealthCheckResult } from '@nestjs/terminus';
import { Public } from '#platform/access';
import { Health } from './health.ts';
import type { PartStatus } from './part-status.ts';

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
  live(): Promise<HealthCheckResult> {
    return this.#check.check([() => this.#indicators.check('process').up()]);
  }

  @Public()
  @Get('startup')
  startup(): Promise<HealthCheckResult> {
    const process = this.#indicators.check('process');
    return this.#check.check([
      () => (this.#health.phase === 'starting' ? process.down('The process is starting.') : process.up()),
    ]);
  }

  @Public()
  @Get('ready')
  ready(): Promise<HealthCheckResult> {
    return this.#check.check([
      async () => {
        const reason = await this.#health.unready();
        const process = this.#indicators.check('process');
        return reason === undefined ? process.up() : process.down(reason);
      },
    ]);
  }

  @Get('contexts')
  async contexts(): Promise<{ contexts: PartStatus[] }> {
    return { contexts: await this.#health.everywhere() };
  }
}
