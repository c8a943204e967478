import { describe, expect, it } from '@jest/globals';
import { Metrics } from './metrics.ts';

describe('metrics', () => {
  it('counts and times the calls of each context', async () => {
    const metrics = new Metrics();
    const meter = metrics.meter('patients');
    meter.observe('patients.resource.read.v1', 'ok', 0.003);
    meter.observe('patients.resource.read.v1', 'ok', 0.004);
    meter.observe('patients.resource.write.v1', 'version-conflict', 0.1);
    const text = await metrics.text();
    expect(text).toContain(
      'septum_calls_total{context="patients",pattern="patients.resource.read.v1",outcome="ok"} 2',
    );
    expect(text).toContain(
      'septum_calls_total{context="patients",pattern="patients.resource.write.v1",outcome="version-conflict"} 1',
    );
    expect(text).toContain('septum_call_seconds_count{context="patients"} 3');
  });

  it('asks the parts when it is read, and goes on when one has no figures', async () => {
    const metrics = new Metrics();
    const common = {
      pool: () => ({ total: 4, idle: 1, waiting: 2 }),
      permits: () => ({ inUse: 3, waiting: 0 }),
      prepared: async () => [],
    };
    metrics.watch('patients', {
      ...common,
      lag: async () => ({ outboxLagMs: 1500, inboxLagMs: 0, parked: 2 }),
    });
    metrics.watch('medications', { ...common, lag: () => Promise.reject(new Error('away')) });
    const text = await metrics.text();
    expect(text).toContain('septum_pool_connections{context="patients",state="busy"} 3');
    expect(text).toContain('septum_permits{context="medications",kind="in_use"} 3');
    expect(text).toContain('septum_event_lag_seconds{context="patients",box="outbox"} 1.5');
    expect(text).toContain('septum_parked_keys{context="patients",box="inbox"} 2');
    expect(text).not.toContain('septum_parked_keys{context="medications"');
  });

  it('tells how many transactions wait to be ended, and for how long', async () => {
    const metrics = new Metrics();
    let shares: { ageMs: number }[] | undefined = [{ ageMs: 7_500 }, { ageMs: 20 }];
    metrics.watch('medications', {
      pool: () => ({ total: 0, idle: 0, waiting: 0 }),
      permits: () => ({ inUse: 0, waiting: 0 }),
      lag: async () => ({ outboxLagMs: 0, inboxLagMs: 0, parked: 0 }),
      prepared: async () => shares ?? Promise.reject(new Error('away')),
    });
    const text = await metrics.text();
    expect(text).toContain('septum_prepared_transactions{context="medications",age="any"} 2');
    expect(text).toContain('septum_prepared_transactions{context="medications",age="in_doubt"} 1');
    expect(text).toContain('septum_prepared_transaction_seconds{context="medications",which="oldest"} 7.5');
    shares = [];
    expect(await metrics.text()).toContain(
      'septum_prepared_transaction_seconds{context="medications",which="oldest"} 0',
    );
    // Figures of before are no figures.
    shares = undefined;
    expect(await metrics.text()).not.toContain('septum_prepared_transactions{');
  });
});
