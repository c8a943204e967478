/** One workload at one concurrency, as it was measured. */
export interface Measured {
  readonly topology: string;
  readonly workload: string;
  readonly concurrency: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly errors: number;
  /** Per request, or per resource where a request holds several. */
  readonly septumCpuMs: number;
  readonly postgresCpuMs: number;
  readonly budgetMs: number;
  readonly bytes: number;
  /** Sent to PostgreSQL for each request. */
  readonly statements: number;
}
