import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Caller } from '#platform/access';
import { Fault, type FaultKind } from '#platform/fhir';
import { Messenger, type CallOptions, type CallScope } from '#platform/messaging';
import { startNats, type NatsServer } from '#platform/testing';
import { faultOf, openHouse, until, type House } from './binding-house.ts';
import { ambient, wardContracts, type Admit, type Misbehave } from './ward.ts';
import { nurse, type Ward } from './ward-house.ts';

/** What is promised of a call whichever binding takes it; a difference but for latency is a bug. */

let nats: NatsServer;
beforeAll(async () => {
  nats = await startNats();
});
afterAll(async () => {
  await nats.stop();
});

const faultKinds: readonly FaultKind[] = [
  'malformed',
  'unknown-parameter',
  'bad-parameter',
  'not-supported',
  'too-costly',
  'unauthenticated',
  'forbidden',
  'not-found',
  'method-not-allowed',
  'not-acceptable',
  'conflict',
  'gone',
  'version-conflict',
  'multiple-matches',
  'too-large',
  'unsupported-media',
  'invalid',
  'business-rule',
  'throttled',
  'exception',
  'unavailable',
  'timeout',
];

describe.each(['local', 'nats'] as const)('a call on the %s binding', (binding) => {
  let house: House;
  let ward: Ward;
  let messenger: Messenger;
  beforeAll(async () => {
    house = await openHouse(binding, { natsUrl: nats.url });
    ({ ward, messenger } = house);
  });
  afterAll(() => house.close());

  const misbehave = (request: Misbehave, options?: CallOptions) =>
    messenger.call(nurse, wardContracts.misbehave, request, options);
  // Large texts may need long on a busy machine; that calls end in time is shown elsewhere.
  const echo = (request: Admit, texts: readonly string[] = []) =>
    messenger.call(nurse, wardContracts.echo, request, { texts, deadline: Date.now() + 120_000 });

  describe('values', () => {
    it('brings the request and its caller to the handler, and the reply back', async () => {
      const { result, texts } = await messenger.call(nurse, wardContracts.admit, { bed: '4a', priority: 2 });
      expect(result).toMatchObject({ bed: '4a', priority: 2, subject: 'Practitioner/nurse' });
      expect(texts).toEqual([]);
    });

    it('carries whatever JSON can say', async () => {
      const details = {
        none: null,
        yes: true,
        low: -0.25,
        list: [1, [2, { three: '3' }]],
        'ü "\n': '\u2028\0',
        nothing: {},
      };
      const { result } = await echo({ bed: 'Zürich ☃ 𝄞', details });
      expect(result).toEqual({ bed: 'Zürich ☃ 𝄞', details });
    });

    it('drops properties that are undefined, and turns minus zero into zero', async () => {
      const { result } = await echo({ bed: '1', details: { gone: undefined, zero: -0 } });
      expect(Object.keys(result.details ?? {})).toEqual(['zero']);
      expect(Object.is(result.details?.['zero'], 0)).toBe(true);
    });

    it.each([
      ['a date', new Date(0)],
      ['a map', new Map()],
      ['a function', () => 1],
      ['not a number', Number.NaN],
      ['a bigint', 1n],
      ['undefined in a list', [undefined]],
    ])('refuses a request that holds %s, and says where', async (_what, value) => {
      const fault = await faultOf(echo({ bed: '1', details: { inner: value } }));
      expect(fault.kind).toBe('exception');
      expect(fault.message).toContain('ward.bed.echo.v1.request.details.inner');
    });

    it('refuses a request that holds itself', async () => {
      const details: Record<string, unknown> = {};
      details['self'] = details;
      expect((await faultOf(echo({ bed: '1', details }))).kind).toBe('exception');
    });

    it.each(['date', 'instance', 'nothing', 'surrogate'])(
      'turns a reply that cannot travel (%s) into an exception',
      async (how) => {
        const fault = await faultOf(misbehave({ how }));
        expect(fault.kind).toBe('exception');
        expect(String(ward.logged.at(-1)?.error)).toContain('ward.bed.misbehave.v1');
      },
    );
  });

  describe('texts', () => {
    it.each([
      ['none', []],
      ['an empty one', ['']],
      ['several', ['{"a":1.10}', '', '\n\n', 'Grüße ☃ 𝄞 \u0000', 'x'.repeat(10_000)]],
      ['a hundred', Array.from({ length: 100 }, (_, index) => `{"n":${index}}`)],
    ])('arrive as they were sent: %s', async (_what, texts) => {
      expect((await echo({ bed: '1' }, texts)).texts).toEqual(texts);
    });

    it('arrive as they were sent at 5 MB each way, with letters of two bytes across the chunks', async () => {
      const texts = [`a${'ü'.repeat(2_500_000)}`, 'b'.repeat(100_000)];
      const { result, texts: answered } = await echo({ bed: '1' }, texts);
      expect(result).toEqual({ bed: '1' });
      expect(answered.map((text) => text.length)).toEqual([2_500_001, 100_000]);
      expect(answered[0] === texts[0] && answered[1] === texts[1]).toBe(true);
    });

    it('arrive when many large ones are under way at the same time', async () => {
      const sizes = Array.from({ length: 12 }, (_, index) => 400_000 + index * 150_000);
      const answers = await Promise.all(
        sizes.map((size, index) => echo({ bed: String(index) }, ['x'.repeat(size)])),
      );
      expect(answers.map(({ texts }) => texts[0]?.length)).toEqual(sizes);
      expect(answers.map(({ result }) => result.bed)).toEqual(sizes.map((_, index) => String(index)));
    });

    it('are refused when UTF-8 cannot carry them', async () => {
      expect((await faultOf(echo({ bed: '1' }, ['\udc00']))).kind).toBe('exception');
    });
  });

  describe('faults', () => {
    it.each(faultKinds)('brings a fault of kind %s by value', async (kind) => {
      const fault = await faultOf(misbehave({ how: 'fault', kind }));
      expect(fault).toMatchObject({
        kind,
        message: `A fault of kind ${kind}.`,
        issues: [
          { severity: 'error', code: 'value', diagnostics: 'The bed is taken.', expression: 'Location.id' },
        ],
        retryAfterSeconds: 7,
      });
      expect(fault.cause).toBeUndefined();
    });

    it('turns every other error into an exception, and leaves its text in the log', async () => {
      const fault = await faultOf(misbehave({ how: 'error' }));
      expect(fault.kind).toBe('exception');
      expect(JSON.stringify([fault.message, fault.issues, fault.cause ?? null])).not.toContain('secret');
      expect(ward.logged.at(-1)).toMatchObject({
        pattern: 'ward.bed.misbehave.v1',
        error: expect.any(TypeError),
      });
    });

    it('answers a contract that nobody handles with unavailable, at once', async () => {
      const began = performance.now();
      const fault = await faultOf(messenger.call(nurse, wardContracts.unanswered, {}));
      expect(fault).toMatchObject({ kind: 'unavailable', retryAfterSeconds: expect.any(Number) });
      // The deadline is ten seconds away.
      expect(performance.now() - began).toBeLessThan(5_000);
    });
  });

  describe('validation', () => {
    it.each([
      ['a missing value', {}, 'bed'],
      ['a wrong type', { bed: 4 }, 'bed'],
      ['too long a value', { bed: 'x'.repeat(21) }, 'bed'],
      ['a value out of range', { bed: '1', priority: 10 }, 'priority'],
      ['a wrong element', { bed: '1', tags: ['a', 1] }, 'tags'],
      ['too many elements', { bed: '1', tags: ['1', '2', '3', '4', '5', '6'] }, 'tags'],
      ['an unknown property', { bed: '1', secret: 'x' }, 'secret'],
      ['a property of every object', { bed: '1', constructor: 'x' }, 'constructor'],
    ])('refuses %s and names it', async (_what, request, expression) => {
      const before = ward.book.admitted;
      const fault = await faultOf(messenger.call(nurse, wardContracts.admit, request as Admit));
      expect(fault.kind).toBe('bad-parameter');
      expect(fault.issues.map((issue) => issue.expression)).toContain(expression);
      expect(ward.book.admitted).toBe(before);
    });

    it('admits an optional value that is absent or null', async () => {
      const request = { bed: '1', priority: null } as unknown as Admit;
      expect((await messenger.call(nurse, wardContracts.admit, request)).result.priority).toBeNull();
    });
  });

  describe('the caller', () => {
    it.each([
      ['no caller', undefined],
      ['something else', {}],
      ['a caller without a name', { ...nurse, subject: '' }],
    ])('must be one: %s is refused', async (_what, caller) => {
      const before = ward.book.admitted;
      const fault = await faultOf(messenger.call(caller as Caller, wardContracts.admit, { bed: '1' }));
      expect(fault.kind).toBe('unauthenticated');
      expect(ward.book.admitted).toBe(before);
    });

    it('is asked for its right to the contract', async () => {
      // A broker of its own: on a shared one the other ward would be in the same queue group.
      const broker = await startNats();
      const strict = await openHouse(binding, {
        natsUrl: broker.url,
        authorise: (caller, { pattern }) => {
          if (caller.kind !== 'system') throw new Fault('forbidden', `Not allowed to call ${pattern}.`);
        },
      });
      try {
        const fault = await faultOf(strict.messenger.call(nurse, wardContracts.admit, { bed: '1' }));
        expect(fault).toMatchObject({ kind: 'forbidden', message: 'Not allowed to call ward.bed.admit.v1.' });
      } finally {
        await strict.close();
        await broker.stop();
      }
    });
  });

  describe('time', () => {
    it('ends at the deadline, and tells the handler', async () => {
      const before = ward.book.aborted;
      const began = Date.now();
      const fault = await faultOf(misbehave({ how: 'hang' }, { deadline: began + 500 }));
      expect(fault.kind).toBe('timeout');
      expect(Date.now() - began).toBeGreaterThanOrEqual(495);
      expect(Date.now() - began).toBeLessThan(5_000);
      await until(() => ward.book.aborted === before + 1);
    });

    it('does not begin after its deadline', async () => {
      const before = ward.book.admitted;
      const late = messenger.call(nurse, wardContracts.admit, { bed: '1' }, { deadline: Date.now() - 1 });
      expect((await faultOf(late)).kind).toBe('timeout');
      expect(ward.book.admitted).toBe(before);
    });

    it('waits ten seconds unless told otherwise', async () => {
      const { result } = await messenger.call(nurse, wardContracts.admit, { bed: '1' });
      expect(result.remainingMs).toBeGreaterThan(9_000);
      expect(result.remainingMs).toBeLessThanOrEqual(10_001);
    });

    it('never waits longer than the call it is made for', async () => {
      const within = scopeUntil(Date.now() + 3_000);
      const { result } = await messenger.call(nurse, wardContracts.admit, { bed: '1' }, { within });
      expect(result.remainingMs).toBeLessThanOrEqual(3_001);
    });

    it('is given up when its caller says so, and the handler is told', async () => {
      const before = ward.book.aborted;
      const controller = new AbortController();
      const call = misbehave({ how: 'hang' }, { signal: controller.signal });
      await until(() => ward.book.running === 1);
      controller.abort();
      expect((await faultOf(call)).kind).toBe('timeout');
      await until(() => ward.book.aborted === before + 1);
    });
  });

  describe('the trace', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

    it('goes on with a span of its own', async () => {
      const { result } = await messenger.call(nurse, wardContracts.admit, { bed: '1' }, { traceparent });
      expect(result.traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
      expect(result.traceparent).not.toBe(traceparent);
    });

    it('goes on from the call being served', async () => {
      const within = scopeUntil(Date.now() + 1_000, traceparent);
      const { result } = await messenger.call(nurse, wardContracts.admit, { bed: '1' }, { within });
      expect(result.traceparent).toContain('0af7651916cd43dd8448eb211c80319c');
    });

    it.each([undefined, 'nonsense', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`])(
      'begins anew from %s',
      async (broken) => {
        const options = broken === undefined ? {} : { traceparent: broken };
        const { result } = await messenger.call(nurse, wardContracts.admit, { bed: '1' }, options);
        expect(result.traceparent).toMatch(/^00-(?!0{32})[0-9a-f]{32}-[0-9a-f]{16}-01$/);
      },
    );
  });

  describe('what is shared', () => {
    it('gives the handler a request it cannot change', async () => {
      expect((await faultOf(misbehave({ how: 'mutate' }))).kind).toBe('exception');
      expect(String(ward.logged.at(-1)?.error)).toMatch(/read only/);
    });

    it('gives the caller a reply it cannot change, to the bottom', async () => {
      const answer = await echo({ bed: '1', details: { deep: { deeper: [1] } } }, ['a']);
      const deep = answer.result.details?.['deep'] as { deeper: number[] };
      expect(() => deep.deeper.push(2)).toThrow(TypeError);
      expect(() => (answer.texts as string[]).push('b')).toThrow(TypeError);
      expect(() => Object.assign(answer, { result: 1 })).toThrow(TypeError);
    });

    it('shows the handler nothing ambient of its caller', async () => {
      const { result } = await ambient.run('of the caller', () =>
        messenger.call(nurse, wardContracts.ambient, {}),
      );
      expect(result.store).toBe('none');
    });

    it('leaves the caller what is ambient there', async () => {
      await ambient.run('of the caller', async () => {
        await messenger.call(nurse, wardContracts.ambient, {});
        expect(ambient.getStore()).toBe('of the caller');
      });
    });
  });

  describe('many at once', () => {
    it('gives each of 1,000 concurrent calls its own answer', async () => {
      const beds = Array.from({ length: 1_000 }, (_, index) => String(index));
      const answers = await Promise.all(beds.map((bed) => echo({ bed }, [bed])));
      expect(answers.map(({ result }) => result.bed)).toEqual(beds);
      expect(answers.map(({ texts }) => texts[0])).toEqual(beds);
    });

    it('begins calls in the order they were made', async () => {
      const order: number[] = [];
      await Promise.all(
        Array.from({ length: 50 }, (_, index) => echo({ bed: String(index) }).then(() => order.push(index))),
      );
      expect(order).toEqual([...order].sort((a, b) => a - b));
    });
  });
});

function scopeUntil(deadline: number, traceparent = ''): CallScope {
  return { deadline, traceparent, texts: [], signal: new AbortController().signal };
}
