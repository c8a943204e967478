import { describe, expect, it } from '@jest/globals';
import { createLog } from './log.ts';
import { Shutdown } from './shutdown.ts';

const log = createLog('silent');

describe('shutdown', () => {
  it('runs the phases in order, each once, however often it is asked', async () => {
    const order: string[] = [];
    const shutdown = new Shutdown(log, 0);
    for (const phase of ['close-pools', 'drain', 'unready', 'release-leases', 'stop-admitting'] as const) {
      shutdown.at(phase, async () => void order.push(phase));
    }
    expect(shutdown.begun).toBe(false);
    await Promise.all([shutdown.run(), shutdown.run()]);
    expect(shutdown.begun).toBe(true);
    expect(order).toEqual(['unready', 'stop-admitting', 'drain', 'release-leases', 'close-pools']);
  });

  it('closes the pools although the drain failed', async () => {
    const shutdown = new Shutdown(log, 0);
    let closed = false;
    shutdown.at('drain', () => {
      throw new Error('no');
    });
    shutdown.at('close-pools', () => void (closed = true));
    await shutdown.run();
    expect(closed).toBe(true);
  });

  it('lets connections go for the time it was given before it stops admitting', async () => {
    const shutdown = new Shutdown(log, 60);
    const began = Date.now();
    let admittedUntil = 0;
    shutdown.at('stop-admitting', () => void (admittedUntil = Date.now() - began));
    await shutdown.run();
    expect(admittedUntil).toBeGreaterThanOrEqual(59);
  });

  it('takes a repeated signal of the same moment for one, and ends at once on a later one', async () => {
    const shutdown = new Shutdown(log, 0);
    const exits: number[] = [];
    let finishDrain = () => {};
    shutdown.at('drain', () => new Promise<void>((resolve) => (finishDrain = resolve)));
    const before = { int: process.listeners('SIGINT'), term: process.listeners('SIGTERM') };
    shutdown.handleSignals((code) => exits.push(code));
    const handle = process.listeners('SIGINT').find((listener) => !before.int.includes(listener))!;
    try {
      handle('SIGINT');
      handle('SIGINT');
      expect(exits).toEqual([]);
      await new Promise((resolve) => setTimeout(resolve, 1_050));
      handle('SIGINT');
      expect(exits).toEqual([1]);
      finishDrain();
      await shutdown.run();
      await Promise.resolve();
      expect(exits).toEqual([1, 0]);
    } finally {
      process.removeListener('SIGINT', handle);
      process.removeListener('SIGTERM', handle);
    }
  });
});
