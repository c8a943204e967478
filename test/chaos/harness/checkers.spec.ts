import { describe, expect, it } from '@jest/globals';
import {
  brokenChains,
  brokenOutbox,
  lostOrDoubled,
  misapplied,
  partialTransactions,
  type AppliedEvent,
  type PublishedEvent,
  type StoredVersion,
} from './checkers.ts';
import type { LedgerEntry } from './ledger.ts';

const asked = { called: 1, returned: 2, statuses: [200] };

function written(key: string, more: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    op: 'update',
    key,
    resource: 'Patient/1',
    values: { [key]: 'h' },
    outcome: 'ok',
    ...asked,
    ...more,
  };
}

function version(nth: number, write: string, more: Partial<StoredVersion> = {}): StoredVersion {
  return { resource: 'Patient/1', version: nth, lastUpdated: nth * 10, write, valueHash: 'h', ...more };
}

const ledger = [
  written('a', { version: 1 }),
  written('b', { version: 2, seenVersion: 1 }),
  written('refused', { outcome: 'fail' }),
  written('silent', { outcome: 'unknown' }),
];
const state = [version(1, 'a'), version(2, 'b')];

describe('the ledger against the state', () => {
  it('finds nothing wrong with a sound history, whether what nobody answered took effect or not', () => {
    expect(lostOrDoubled(ledger, state)).toEqual([]);
    expect(lostOrDoubled(ledger, [...state, version(3, 'silent')])).toEqual([]);
  });

  it.each([
    ['an acknowledged write that is gone', [state[0]!], 'lost: update b'],
    ['a refused write that is stored', [...state, version(3, 'refused')], 'refused, yet stored: refused'],
    ['a write that was done twice', [...state, version(3, 'b')], 'stored 2 times: update b'],
    [
      'an unanswered write that was done twice',
      [...state, version(3, 'silent'), version(4, 'silent')],
      'stored 2 times: update silent',
    ],
    ['other content than was sent', [state[0]!, version(2, 'b', { valueHash: 'x' })], 'changed: b'],
    [
      'another version than was told',
      [state[0]!, version(3, 'b')],
      'acknowledged as version 2, stored as 3: b',
    ],
    ['a write that nobody sent', [...state, version(3, 'ghost')], 'nobody wrote: ghost'],
  ])('names %s', (_, corrupted, fault) => {
    expect(lostOrDoubled(ledger, corrupted)).toContain(fault);
  });
});

describe('the chain of versions', () => {
  it('finds nothing wrong with a sound chain', () => {
    expect(brokenChains(ledger, state)).toEqual([]);
  });

  it.each([
    ['a hole', [version(1, 'a'), version(3, 'b')], 'Patient/1: hole between versions 1 and 3'],
    ['a version that is there twice', [...state, version(2, 'c')], 'Patient/1: version 2 twice'],
    ['a beginning that is missing', [version(2, 'b')], 'Patient/1: begins with version 2'],
    [
      'a later version of an earlier time',
      [version(1, 'a'), version(2, 'b', { lastUpdated: 10 })],
      'Patient/1: version 2 is not later',
    ],
  ])('names %s', (_, corrupted, fault) => {
    expect(brokenChains(ledger, corrupted)).toContain(fault);
  });

  it('names a fork: two acknowledged updates of the same version', () => {
    const forked = [...ledger, written('c', { version: 2, seenVersion: 1 })];
    expect(brokenChains(forked, state)).toEqual(['fork: 2 acknowledged updates of Patient/1 version 1']);
  });
});

describe('the parts of a transaction', () => {
  const values = { 't#0': 'h', 't#1': 'h' };
  const bundle = (outcome: LedgerEntry['outcome']) => [written('t', { op: 'transaction', values, outcome })];
  const both = [version(1, 't#0'), version(1, 't#1')];

  it('are all there or none, as far as anybody knows', () => {
    expect(partialTransactions(bundle('ok'), both)).toEqual([]);
    expect(partialTransactions(bundle('unknown'), both)).toEqual([]);
    expect(partialTransactions(bundle('unknown'), [])).toEqual([]);
    expect(partialTransactions(bundle('fail'), [])).toEqual([]);
  });

  it.each([
    ['half a transaction', 'unknown', both.slice(1), 'partial: 1 of 2 parts of t'],
    ['half an acknowledged transaction', 'ok', both.slice(1), 'partial: 1 of 2 parts of t'],
    ['an acknowledged transaction that is gone', 'ok', [], 'lost transaction: t'],
    ['a refused transaction that is stored', 'fail', both, 'refused transaction, yet stored: t'],
  ] as const)('names %s', (_, outcome, corrupted, fault) => {
    expect(partialTransactions(bundle(outcome), corrupted)).toEqual([fault]);
  });
});

describe('outbox against inbox', () => {
  const event = (id: string, orderSequence: number, position: number | null): PublishedEvent => ({
    id,
    orderKey: 'Patient/1',
    orderSequence,
    position,
  });
  const outbox = [event('x', 1, 5), event('y', 2, 7)];
  const mark = (id: string, appliedAt: number): AppliedEvent => ({ id, appliedAt });
  const inbox = [mark('x', 1), mark('y', 2)];

  it('finds nothing wrong when every event is applied once and in order', () => {
    expect(brokenOutbox(outbox)).toEqual([]);
    expect(misapplied(outbox, inbox)).toEqual([]);
  });

  it.each([
    ['an event that was not applied', [mark('x', 1)], 'not applied: event 2 of Patient/1'],
    ['an event that was applied twice', [...inbox, mark('x', 3)], 'applied 2 times: event 1 of Patient/1'],
    ['events in another order', [mark('x', 2), mark('y', 1)], 'out of order: event 2 of Patient/1'],
    [
      'an event that was applied and never committed',
      [...inbox, mark('z', 3)],
      'applied, yet never published: z',
    ],
  ])('names %s', (_, corrupted, fault) => {
    expect(misapplied(outbox, corrupted)).toContain(fault);
  });

  it.each([
    ['an event left unpublished', [outbox[0]!, event('y', 2, null)], '1 events are not published'],
    ['a hole in an order', [outbox[0]!, event('y', 3, 7)], 'Patient/1: sequence 3 at place 2'],
    ['positions against the order', [event('x', 1, 7), event('y', 2, 5)], 'Patient/1: position 5 after 7'],
    [
      'one position for two',
      [event('x', 1, 5), { ...event('y', 1, 5), orderKey: 'Patient/2' }],
      'two events have one position',
    ],
  ])('names %s', (_, corrupted, fault) => {
    expect(brokenOutbox(corrupted)).toContain(fault);
  });
});
