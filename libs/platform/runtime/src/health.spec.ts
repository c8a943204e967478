import { describe, expect, it } from '@jest/globals';
import { Health } from './health.ts';
import { statusHere } from './part-status.ts';
import { topology } from './topology.ts';

const fine = { problems: [], outboxLagMs: 0, inboxLagMs: 0, parked: 0 };
const parts = ['edge', 'patients', 'medications'];

function healthOf(choice: { only?: string[]; except?: string[] }, options = {}) {
  let time = 0;
  const health = new Health({
    topology: topology(parts, { only: choice.only ?? [], except: choice.except ?? [] }),
    now: () => (time += 1_000),
    ...options,
  });
  return health;
}

describe('health', () => {
  it('is unready while starting and while stopping', async () => {
    const health = healthOf({});
    health.watch('edge', async () => fine);
    expect(await health.unready()).toBe('The process is starting.');
    health.started();
    expect(await health.unready()).toBeUndefined();
    health.stopping();
    expect(await health.unready()).toBe('The process is stopping.');
  });

  it('with the edge, stays ready when a context is down, and not when the home database is', async () => {
    const health = healthOf({});
    let homeAnswers = true;
    health.watch('edge', async () => {
      if (!homeAnswers) throw new Error('connection refused');
      return fine;
    });
    health.watch('patients', async () => ({ ...fine, problems: ['gone'] }));
    health.watch('medications', async () => fine);
    health.started();
    expect(await health.unready()).toBeUndefined();
    homeAnswers = false;
    expect(await health.unready()).toBe('The database of edge does not answer.');
  });

  it('without the edge, is ready as long as one part is', async () => {
    const health = healthOf({ except: ['edge'] });
    health.watch('patients', async () => ({ ...fine, problems: ['gone'] }));
    let medications: string[] = [];
    health.watch('medications', async () => ({ ...fine, problems: medications }));
    health.started();
    expect(await health.unready()).toBeUndefined();
    medications = ['gone too'];
    expect(await health.unready()).toBe('gone');
  });

  it('tells a part whose events are parked or late from one that is well', async () => {
    const health = healthOf({});
    health.watch('edge', async () => fine);
    health.watch('patients', async () => ({ ...fine, parked: 1 }));
    health.watch('medications', async () => ({ ...fine, inboxLagMs: 31_000 }));
    health.started();
    expect((await health.everywhere()).map(({ state }) => state)).toEqual(['ready', 'degraded', 'degraded']);
  });

  it('tells a part that is impaired as degraded, and why', async () => {
    const health = healthOf({ except: ['edge'] });
    health.watch('patients', async () => ({ ...fine, impairments: ['cut off'] }));
    health.watch('medications', async () => ({ ...fine, problems: ['gone'], impairments: ['cut off'] }));
    health.started();
    expect(await health.status('patients')).toMatchObject({ state: 'degraded', problems: ['cut off'] });
    expect(await health.status('medications')).toMatchObject({
      state: 'down',
      problems: ['gone', 'cut off'],
    });
    expect(await health.unready()).toBeUndefined();
  });

  it('asks for a part that runs elsewhere, and says when nobody answers', async () => {
    const reached = healthOf(
      { except: ['medications'] },
      { askElsewhere: async (part: string) => statusHere(part, 'running', fine) },
    );
    expect(await reached.status('medications')).toMatchObject({ placement: 'nats', state: 'ready' });
    const lost = healthOf({ except: ['medications'] }, { askElsewhere: () => new Promise(() => {}) });
    expect(await lost.status('medications')).toMatchObject({ placement: 'nowhere', state: 'down' });
    const alone = healthOf({ except: ['medications'] });
    expect(await alone.status('medications')).toMatchObject({ placement: 'nowhere', state: 'down' });
  });

  it('does not wait for a look that hangs', async () => {
    const health = healthOf({});
    health.watch('edge', () => new Promise(() => {}));
    health.started();
    expect(await health.unready()).toBe('The database of edge does not answer.');
  });
});
