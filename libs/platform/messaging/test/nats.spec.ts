import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Fault } from '#platform/fhir';
import type { CallOptions } from '#platform/messaging';
import { startNats, type NatsServer, type NatsServerOptions } from '#platform/testing';
import { wardContracts } from './ward.ts';
import {
  Neighbour,
  nurse,
  startWardProcess,
  Ward,
  type WardOptions,
  type WardProcess,
} from './ward-house.ts';

/** What only a network can do to a call: lose its server, its broker, or a part of it. */

let nats: NatsServer;
let ends: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  nats = await begin();
});
afterEach(async () => {
  const these = ends.toReversed();
  ends = [];
  for (const end of these) await end();
});

async function begin(options: NatsServerOptions = {}): Promise<NatsServer> {
  const server = await startNats(options);
  ends.push(() => server.stop());
  return server;
}

async function openWard(options: WardOptions = {}): Promise<Ward> {
  const ward = await Ward.open({ natsUrl: nats.url, ...options });
  ends.push(() => ward.close());
  return ward;
}

async function openNeighbour(options: Parameters<typeof Neighbour.open>[1] = {}): Promise<Neighbour> {
  const neighbour = await Neighbour.open(nats.url, options);
  ends.push(() => neighbour.close());
  return neighbour;
}

async function startProcess(): Promise<WardProcess> {
  const child = await startWardProcess(nats.url);
  ends.push(() => child.kill());
  return child;
}

const admit = ({ messenger }: Neighbour, options?: CallOptions) =>
  messenger.call(nurse, wardContracts.admit, { bed: '1' }, options);

async function outcomeOf(
  call: Promise<unknown>,
): Promise<{ kind: string; retryAfterSeconds?: number | undefined; ms: number }> {
  const began = performance.now();
  const outcome = await call.then(
    () => ({ kind: 'answered' }),
    (error: unknown) => {
      if (!(error instanceof Fault)) throw error;
      return { kind: error.kind, retryAfterSeconds: error.retryAfterSeconds };
    },
  );
  return { ...outcome, ms: performance.now() - began };
}

/** Far less than a deadline or a silence, far more than a busy machine needs for a refusal. */
const atOnceMs = 2_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks until the outcome is of this kind; answers how the last one came about. */
async function untilOutcome(neighbour: Neighbour, kind: string): Promise<{ ms: number }> {
  const end = performance.now() + 60_000;
  for (; ; await pause(50)) {
    const outcome = await outcomeOf(admit(neighbour, { deadline: Date.now() + 2_000 }));
    if (outcome.kind === kind) return outcome;
    if (performance.now() > end) throw new Error(`Still ${outcome.kind}, not ${kind}.`);
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (const end = performance.now() + 60_000; !condition() && performance.now() < end;) await pause(10);
  expect(condition()).toBe(true);
}

describe('a context', () => {
  it('knows whether others reach it', async () => {
    const ward = await openWard();
    expect(ward.strategy.isHeard).toBe(true);
    await nats.kill();
    await until(() => !ward.strategy.isHeard);
    expect(ward.strategy.isOpen).toBe(true);
    await begin({ port: nats.port });
    await until(() => ward.strategy.isHeard);
  });
});

describe('when nobody serves a context', () => {
  it('calls are unavailable at once', async () => {
    const neighbour = await openNeighbour();
    expect(await outcomeOf(admit(neighbour))).toMatchObject({ kind: 'unavailable', retryAfterSeconds: 2 });
    expect((await outcomeOf(admit(neighbour))).ms).toBeLessThan(atOnceMs);
  });

  it('large calls are too', async () => {
    const neighbour = await openNeighbour();
    const call = neighbour.messenger.call(
      nurse,
      wardContracts.echo,
      { bed: '1' },
      { texts: ['x'.repeat(3_000_000)] },
    );
    expect((await outcomeOf(call)).kind).toBe('unavailable');
  });

  it('the first call after it came is answered', async () => {
    const neighbour = await openNeighbour();
    await Promise.all(Array.from({ length: 30 }, () => outcomeOf(admit(neighbour))));
    await openWard();
    expect((await outcomeOf(admit(neighbour))).kind).toBe('answered');
  });
});

describe('when the process of a context is killed', () => {
  it('calls under way end within their deadline, later ones at once, and all is well after a restart', async () => {
    const child = await startProcess();
    const neighbour = await openNeighbour();
    expect((await outcomeOf(admit(neighbour))).kind).toBe('answered');
    const deadline = Date.now() + 5_000;
    const underWay = Array.from({ length: 5 }, () =>
      outcomeOf(neighbour.messenger.call(nurse, wardContracts.misbehave, { how: 'hang' }, { deadline })),
    );
    // Calls arrive in the order they were made: when this one is answered, the others are under way.
    await admit(neighbour);
    await child.kill();
    expect((await untilOutcome(neighbour, 'unavailable')).ms).toBeLessThan(atOnceMs);
    for (const { kind, ms } of await Promise.all(underWay)) {
      expect(kind).toBe('timeout');
      expect(ms).toBeLessThan(5_000 + atOnceMs);
    }
    await startProcess();
    await untilOutcome(neighbour, 'answered');
  });

  it('an idempotent call whose answer was lost is made again with another copy', async () => {
    const child = await startProcess();
    const neighbour = await openNeighbour({ silenceMs: 4_000 });
    child.signal('SIGSTOP');
    const call = outcomeOf(admit(neighbour, { deadline: Date.now() + 30_000 }));
    await neighbour.link.connection.flush();
    const ward = await openWard();
    await child.kill();
    expect(await call).toMatchObject({ kind: 'answered' });
    expect(ward.book.admitted).toBe(1);
  });

  it('a call that is not idempotent is never made again', async () => {
    const child = await startProcess();
    const neighbour = await openNeighbour({ silenceMs: 1_000 });
    child.signal('SIGSTOP');
    const call = outcomeOf(neighbour.messenger.call(nurse, wardContracts.misbehave, { how: 'wait', ms: 1 }));
    await neighbour.link.connection.flush();
    const ward = await openWard();
    await child.kill();
    expect(await call).toMatchObject({ kind: 'timeout' });
    expect(ward.book.mostRunning).toBe(0);
  });
});

describe('a context that is silent', () => {
  it('stops being asked after a few lost answers, and is asked again when it is back', async () => {
    const child = await startProcess();
    const neighbour = await openNeighbour({ silenceMs: 1_500 });
    child.signal('SIGSTOP');
    const lost = Array.from({ length: 10 }, () =>
      outcomeOf(neighbour.messenger.call(nurse, wardContracts.misbehave, { how: 'wait', ms: 1 })),
    );
    for (const { kind } of await Promise.all(lost)) expect(kind).toBe('timeout');
    const refused = await outcomeOf(admit(neighbour));
    expect(refused).toMatchObject({ kind: 'unavailable', retryAfterSeconds: 2 });
    expect(refused.ms).toBeLessThan(1_000);
    await pause(1_000);
    const trial = outcomeOf(admit(neighbour));
    const hurried = await outcomeOf(admit(neighbour, { deadline: Date.now() + 150 }));
    expect(hurried.kind).toBe('timeout');
    expect(hurried.ms).toBeLessThan(1_000);
    child.signal('SIGCONT');
    await trial;
    await untilOutcome(neighbour, 'answered');
  });

  it('is not one that is slow but says that it works', async () => {
    await openWard();
    const neighbour = await openNeighbour({ silenceMs: 1_500 });
    const slow = neighbour.messenger.call(nurse, wardContracts.misbehave, { how: 'wait', ms: 4_000 });
    expect((await outcomeOf(slow)).kind).toBe('answered');
  });

  it('holds no more calls than its bulkhead', async () => {
    await openWard();
    const neighbour = await openNeighbour({ limits: { concurrency: 2, queue: 1 } });
    const calls = Array.from({ length: 5 }, () =>
      outcomeOf(neighbour.messenger.call(nurse, wardContracts.misbehave, { how: 'wait', ms: 200 })),
    );
    const outcomes = await Promise.all(calls);
    expect(outcomes.filter(({ kind }) => kind === 'answered')).toHaveLength(3);
    expect(
      outcomes.filter(({ kind, retryAfterSeconds }) => kind === 'unavailable' && retryAfterSeconds === 1),
    ).toHaveLength(2);
  });
});

describe('when the broker is killed', () => {
  it('calls fail with unavailable or timeout, never hang, and all is well when it is back', async () => {
    await openWard();
    const neighbour = await openNeighbour();
    expect((await outcomeOf(admit(neighbour))).kind).toBe('answered');
    const { port } = nats;
    await nats.kill();
    const during = await Promise.all(
      Array.from({ length: 5 }, () => outcomeOf(admit(neighbour, { deadline: Date.now() + 800 }))),
    );
    for (const { kind, ms } of during) {
      expect(['timeout', 'unavailable']).toContain(kind);
      expect(ms).toBeLessThan(800 + atOnceMs);
    }
    expect((await untilOutcome(neighbour, 'unavailable')).ms).toBeLessThan(atOnceMs / 2);
    nats = await begin({ port });
    await untilOutcome(neighbour, 'answered');
  });
});

describe('copies of a context', () => {
  it('share the calls, and one may leave under load without one lost', async () => {
    const first = await openWard();
    const second = await openWard();
    const neighbour = await openNeighbour();
    const load = { going: true };
    const outcomes: string[] = [];
    const workers = Array.from({ length: 16 }, async () => {
      while (load.going) outcomes.push((await outcomeOf(admit(neighbour))).kind);
    });
    await until(() => Math.min(first.book.admitted, second.book.admitted) > 5);
    await first.app.close();
    const before = second.book.admitted;
    await until(() => second.book.admitted > before + 100);
    load.going = false;
    await Promise.all(workers);
    expect(new Set(outcomes)).toEqual(new Set(['answered']));
    expect(first.book.admitted + second.book.admitted).toBe(outcomes.length);
  });

  it('finish large answers before they leave', async () => {
    const ward = await openWard();
    const neighbour = await openNeighbour();
    const text = 'x'.repeat(6_000_000);
    const calls = Array.from({ length: 4 }, () =>
      neighbour.messenger.call(
        nurse,
        wardContracts.echo,
        { bed: '1' },
        { texts: [text], deadline: Date.now() + 120_000 },
      ),
    );
    await until(() => (ward.link?.openRoutes ?? 0) > 0);
    const closing = ward.app.close();
    const outcomes = await Promise.all(calls.map(outcomeOf));
    await closing;
    for (const { kind } of outcomes) expect(['answered', 'unavailable']).toContain(kind);
    expect(outcomes.some(({ kind }) => kind === 'answered')).toBe(true);
  });
});

describe('a broker with small messages', () => {
  it('carries large ones in smaller chunks', async () => {
    nats = await begin({ maxPayload: 16_384 });
    await openWard();
    const neighbour = await openNeighbour();
    const texts = ['ü'.repeat(200_000), 'x'.repeat(7_000), 'y'];
    const answer = await neighbour.messenger.call(nurse, wardContracts.echo, { bed: '1' }, { texts });
    expect(answer.texts).toEqual(texts);
  });
});

describe('chunks', () => {
  it('are sent only as far ahead as the receiver allows', async () => {
    await openWard();
    const neighbour = await openNeighbour();
    const watcher = await Neighbour.open(nats.url);
    ends.push(() => watcher.close());
    let ahead = 0;
    let furthest = 0;
    // Both inboxes: what is granted and what is sent pass here.
    watcher.link.connection.subscribe('_INBOX.>', {
      callback: (_error, message) => {
        const credit = Number(message.headers?.get('Septum-Credit') ?? '');
        if (credit > 0) ahead += credit;
        if (message.headers?.has('Septum-Offset') === true) ahead -= 1;
        furthest = Math.max(furthest, ahead);
        expect(ahead).toBeGreaterThanOrEqual(0);
      },
    });
    await watcher.link.connection.flush();
    await neighbour.messenger.call(
      nurse,
      wardContracts.echo,
      { bed: '1' },
      { texts: ['x'.repeat(12_000_000)], deadline: Date.now() + 120_000 },
    );
    await watcher.link.connection.flush();
    expect(furthest).toBe(8);
    expect(ahead).toBe(0);
  });

  it('that nobody waits for any more are forgotten', async () => {
    const ward = await openWard();
    const neighbour = await openNeighbour();
    const call = neighbour.messenger.call(
      nurse,
      wardContracts.echo,
      { bed: '1' },
      {
        texts: ['x'.repeat(40_000_000)],
        deadline: Date.now() + 60,
      },
    );
    expect((await outcomeOf(call)).kind).toBe('timeout');
    await until(() => ward.link?.openRoutes === 0 && neighbour.link.openRoutes === 0);
  });
});

describe('what passes the broker', () => {
  it('names no patient, no bed and no text in its subjects', async () => {
    await openWard();
    const neighbour = await openNeighbour();
    const subjects: string[] = [];
    neighbour.link.connection.subscribe('>', {
      callback: (_error, { subject }) => void subjects.push(subject),
    });
    await neighbour.link.connection.flush();
    await neighbour.messenger.call(nurse, wardContracts.echo, { bed: 'canary' }, { texts: ['canary'] });
    expect(subjects.some((subject) => subject === 'septum.ward.bed.echo.v1')).toBe(true);
    expect(subjects.filter((subject) => subject.includes('canary'))).toEqual([]);
  });

  it('uses one subscription for all answers of a connection', async () => {
    await openWard();
    const neighbour = await openNeighbour();
    const subscribe = neighbour.link.connection.subscribe.bind(neighbour.link.connection);
    let made = 0;
    neighbour.link.connection.subscribe = (...args) => {
      made += 1;
      return subscribe(...args);
    };
    await Promise.all(Array.from({ length: 100 }, () => admit(neighbour)));
    expect(made).toBe(0);
  });
});
