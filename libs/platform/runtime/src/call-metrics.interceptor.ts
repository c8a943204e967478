import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { tap, type Observable } from 'rxjs';
import { asFault } from '#platform/fhir';
import type { CallMeter } from './metrics.ts';

/** Counts and times every call of one context, whichever binding it came by. */
export class CallMetrics implements NestInterceptor {
  readonly #meter: CallMeter;

  constructor(meter: CallMeter) {
    this.#meter = meter;
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const pattern = context.switchToRpc().getData<{ contract: { pattern: string } }>().contract.pattern;
    const began = performance.now();
    const observe = (outcome: string) =>
      this.#meter.observe(pattern, outcome, (performance.now() - began) / 1000);
    return next
      .handle()
      .pipe(tap({ complete: () => observe('ok'), error: (error: unknown) => observe(asFault(error).kind) }));
  }
}
