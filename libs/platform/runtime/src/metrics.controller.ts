import { Controller, Get, Header, Inject } from '@nestjs/common';
import { Metrics } from './metrics.ts';

/** https://prometheus.io/docs/instrumenting/exposition_formats/ */
@Controller('metrics')
export class MetricsController {
  readonly #metrics: Metrics;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.#metrics = metrics;
  }

  @Get()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  read(): Promise<string> {
    return this.#metrics.text();
  }
}
