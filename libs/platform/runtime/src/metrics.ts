import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What a part can be asked for when `/metrics` is read. */
export interface PartGauges {
  readonly pool: () => { readonly total: number; readonly idle: number; readonly waiting: number };
  /** Calls in progress, and calls that wait for their turn. */
  readonly permits: () => { readonly inUse: number; readonly waiting: number };
  readonly lag: () => Promise<{
    readonly outboxLagMs: number;
    readonly inboxLagMs: number;
    readonly parked: number;
  }>;
  /** The shares of transactions that are prepared and not ended: age of each in milliseconds. */
  readonly prepared: () => Promise<readonly { readonly ageMs: number }[]>;
}

/** A coordinator that lives has ended its transaction long before. */
const inDoubtAfterMs = 5_000;

/** Measures the calls of one context. */
export interface CallMeter {
  observe(pattern: string, outcome: string, seconds: number): void;
}

/** The metrics of this process, in the format of Prometheus. Labels are names of ours: never an id, a path or a parameter. */
export class Metrics {
  readonly registry = new Registry();
  readonly #parts = new Map<string, PartGauges>();
  readonly #calls = new Counter({
    name: 'septum_calls_total',
    help: 'Contract calls served, by outcome: ok, or the kind of fault.',
    labelNames: ['context', 'pattern', 'outcome'],
    registers: [this.registry],
  });
  readonly #callSeconds = new Histogram({
    name: 'septum_call_seconds',
    help: 'Time to serve a contract call.',
    labelNames: ['context'],
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [this.registry],
  });

  constructor() {
    // The event loop is woken for each of these measurements, by default a hundred times a second.
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: 100 });
    this.#gauge(
      'septum_permits',
      'Calls in progress, and calls that wait for their turn.',
      'kind',
      async ({ permits }) => {
        const { inUse, waiting } = permits();
        return { in_use: inUse, waiting };
      },
    );
    this.#gauge(
      'septum_pool_connections',
      'Database connections, and calls waiting for one.',
      'state',
      async ({ pool }) => {
        const { total, idle, waiting } = pool();
        return { idle, busy: total - idle, waiting };
      },
    );
    this.#gauge(
      'septum_event_lag_seconds',
      'Age of the oldest event not yet delivered (outbox) or applied (inbox).',
      'box',
      async ({ lag }) => {
        const { outboxLagMs, inboxLagMs } = await lag();
        return { outbox: outboxLagMs / 1000, inbox: inboxLagMs / 1000 };
      },
    );
    this.#gauge(
      'septum_parked_keys',
      'Order keys whose messages wait for an operator.',
      'box',
      async ({ lag }) => ({ inbox: (await lag()).parked }),
    );
    this.#gauge(
      'septum_prepared_transactions',
      'Shares of transactions that are prepared, hold their locks, and wait to be ended.',
      'age',
      async ({ prepared }) => {
        const shares = await prepared();
        return { any: shares.length, in_doubt: shares.filter(({ ageMs }) => ageMs > inDoubtAfterMs).length };
      },
    );
    this.#gauge(
      'septum_prepared_transaction_seconds',
      'Age of the oldest share of a transaction that waits to be ended; 0 when none does.',
      'which',
      async ({ prepared }) => ({
        oldest: Math.max(0, ...(await prepared()).map(({ ageMs }) => ageMs)) / 1000,
      }),
    );
  }

  /** The meter of one context's calls, its labels looked up once: it stands in the way of every call. */
  meter(context: string): CallMeter {
    const seconds = this.#callSeconds.labels(context);
    const counters = new Map<string, Counter.Internal>();
    return {
      observe: (pattern, outcome, duration) => {
        seconds.observe(duration);
        const key = `${pattern} ${outcome}`;
        let counter = counters.get(key);
        if (counter === undefined)
          counters.set(key, (counter = this.#calls.labels(context, pattern, outcome)));
        counter.inc();
      },
    };
  }

  watch(part: string, gauges: PartGauges): void {
    this.#parts.set(part, gauges);
  }

  /** The text of `/metrics`. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  #gauge(
    name: string,
    help: string,
    label: string,
    read: (gauges: PartGauges) => Promise<Record<string, number>>,
  ): void {
    const parts = this.#parts;
    const gauge = new Gauge({
      name,
      help,
      labelNames: ['context', label],
      registers: [],
      async collect() {
        this.reset();
        await Promise.all(
          [...parts].map(async ([context, gauges]) => {
            // A part whose database is away has no figures; the other parts' figures are still told.
            const values = await read(gauges).catch(() => ({}));
            for (const [kind, value] of Object.entries(values)) this.set({ context, [label]: kind }, value);
          }),
        );
      },
    });
    this.registry.registerMetric(gauge);
  }
}
