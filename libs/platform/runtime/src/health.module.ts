import { Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller.ts';
import { Health } from './health.ts';
import { MetricsController } from './metrics.controller.ts';
import { Metrics } from './metrics.ts';

@Module({})
class HealthModule {}

/** The routes `/health/…`, and with `metrics` `/metrics`, for an HTTP application that puts its own guard before them. */
export function healthModule(health: Health, metrics?: Metrics): DynamicModule {
  return {
    module: HealthModule,
    imports: [TerminusModule.forRoot({ logger: false })],
    controllers: [HealthController, ...(metrics === undefined ? [] : [MetricsController])],
    providers: [
      { provide: Health, useValue: health },
      ...(metrics === undefined ? [] : [{ provide: Metrics, useValue: metrics }]),
    ],
  };
}
