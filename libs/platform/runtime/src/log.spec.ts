import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Fault, type FaultKind } from '#platform/fhir';
import { createLog, nestLogger } from './log.ts';

function capture() {
  const lines: string[] = [];
  const log = createLog('trace', { write: (line) => void lines.push(line) });
  return {
    log,
    lines,
    told: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>,
    all: () => lines.join(''),
  };
}

describe('the log', () => {
  afterEach(() => Logger.overrideLogger(true));

  it('keeps the allowed fields and drops a resource handed to it by mistake', () => {
    const { log, told, all } = capture();
    log.info(
      { context: 'patients', durationMs: 3, resource: { name: [{ family: 'Canary' }] }, family: 'Canary' },
      'written',
    );
    expect(told()).toMatchObject({ level: 'info', context: 'patients', durationMs: 3, msg: 'written' });
    expect(all()).not.toContain('Canary');
  });

  it('drops an allowed field that holds more than a plain value', () => {
    const { log, all } = capture();
    log.info({ status: { text: 'Canary' }, parts: [{ name: 'Canary' }] }, 'x');
    expect(all()).not.toContain('Canary');
  });

  it('tells of a foreign error its kind and place, never its text', () => {
    const { log, told, all } = capture();
    const error = Object.assign(new Error('Key (family)=(Canary) already exists'), {
      code: '23505',
      constraint: 'resource_key',
    });
    log.error({ error }, 'write failed');
    expect(told()).toMatchObject({ error: { name: 'Error', code: '23505', constraint: 'resource_key' } });
    expect(all()).not.toContain('Canary');
  });

  it('tells the SQLSTATE behind a fault', () => {
    const { log, told } = capture();
    const cause = Object.assign(new Error('withheld'), { name: 'PostgresError', sqlState: '22021' });
    log.error({ error: new Fault('exception', 'The log says what.', { cause }) });
    expect(told()).toMatchObject({ error: { cause: { name: 'PostgresError', code: '22021' } } });
  });

  it('does not quote what JSON.parse could not read', () => {
    const { log, all } = capture();
    try {
      JSON.parse('{"family": Canary}');
    } catch (error) {
      log.error({ err: error }, 'unreadable');
    }
    expect(all()).toContain('SyntaxError');
    expect(all()).not.toContain('Canary');
  });

  it('repeats the text of a fault and tells its cause by the same rules', () => {
    const { log, told, all } = capture();
    log.error({ error: new Fault('unavailable', 'Try again.', { cause: new Error('Canary') }) }, 'no');
    expect(told()).toMatchObject({
      error: { kind: 'unavailable', text: 'Try again.', cause: { name: 'Error' } },
    });
    expect(all()).not.toContain('Canary');
  });

  it('says a warning once, then once a minute how often it came again', () => {
    jest.useFakeTimers();
    try {
      const { log, lines, told } = capture();
      const warn = (kind: FaultKind) =>
        log.warn({ component: 'ward', error: new Fault(kind, 'Try again.') }, 'not applied');
      for (let second = 0; second < 90; second += 1) {
        warn('unavailable');
        jest.advanceTimersByTime(1_000);
      }
      expect(lines).toHaveLength(2);
      expect(told()).toMatchObject({ msg: 'not applied', count: 59, error: { kind: 'unavailable' } });
      warn('timeout');
      expect(lines).toHaveLength(3);
      expect(told()).not.toHaveProperty('count');
      // Its last count is said, then it is forgotten: what comes back later is news.
      jest.advanceTimersByTime(180_000);
      expect(lines).toHaveLength(4);
      warn('unavailable');
      expect(lines).toHaveLength(5);
      for (let second = 0; second < 3; second += 1) log.error({ component: 'ward' }, 'failed');
      expect(lines).toHaveLength(8);
    } finally {
      jest.useRealTimers();
    }
  });

  it('serves as the logger of Nest', () => {
    const { log, told } = capture();
    Logger.overrideLogger(nestLogger(log));
    new Logger('relay').warn({ context: 'patients', lagMs: 4, family: 'x' }, 'the outbox lags');
    expect(told()).toMatchObject({
      level: 'warn',
      component: 'relay',
      context: 'patients',
      lagMs: 4,
      msg: 'the outbox lags',
    });
    new Logger('relay').error('stopped');
    expect(told()).toMatchObject({ level: 'error', component: 'relay', msg: 'stopped' });
  });
});
