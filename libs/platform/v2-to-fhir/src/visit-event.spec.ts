import { describe, expect, it } from '@jest/globals';
import { validate } from '#platform/fhir';
import { parseMessage } from '#platform/hl7v2';
import type { MappedResource } from './mapped.ts';
import { Mapper } from './mapper.ts';
import { merge } from './merge.ts';
import { standingOf } from './visit-event.ts';

const mapper = new Mapper();
type Json = Record<string, unknown>;

interface Told {
  /** `hhmm` of EVN-2. */
  readonly at: string;
  readonly ward?: string;
  readonly visitClass?: string;
  readonly from?: string;
  readonly until?: string;
}

function told(
  event: string,
  { at, ward = 'W1', visitClass = 'I', from = '08', until = '' }: Told,
): MappedResource {
  const day = '20260301';
  const text = [
    `MSH|^~\\&|ADT|GH|||20260301235900+0000||ADT^${event}|1|P|2.5.1`,
    `EVN||${at === '' ? '' : `${day}${at}+0000`}`,
    'PID|1||77^^^GH^MR||Doe^Jane',
    `PV1|1|${visitClass}|${ward}^1^A^GH${'|'.repeat(16)}V1^^^GH${'|'.repeat(25)}${day}${from}00+0000|${until === '' ? '' : `${day}${until}00+0000`}`,
  ].join('\r');
  return mapper.map(parseMessage(text)).resources.find(({ type }) => type === 'Encounter')!;
}

function after(...events: readonly MappedResource[]): Json {
  const kept = events.reduce<Json | undefined>((before, event) => merge(before, event), undefined)!;
  expect(validate('Encounter', kept)).toEqual([]);
  return kept;
}

const admitted = told('A01', { at: '0800' });
const transferred = told('A02', { at: '0900', ward: 'W2' });
const discharged = told('A03', { at: '1000', ward: 'W1', until: '10' });
const calledBack = told('A13', { at: '1100' });

describe('a message that is older than what is known of the visit', () => {
  it('changes nothing of the stay, when a transfer comes behind the discharge', () => {
    const before = after(admitted, discharged);
    expect(standingOf(before, transferred)).toMatchObject({
      isLate: { course: true, place: true },
      isEnded: false,
    });
    expect(merge(before, transferred)).toEqual(before);
  });

  it('changes nothing when all of a time comes again', () => {
    const before = after(admitted, transferred, discharged);
    expect(after(admitted, transferred, discharged, admitted, transferred, discharged)).toEqual(before);
    const back = after(admitted, discharged, calledBack);
    expect(after(admitted, discharged, calledBack, admitted, discharged, calledBack)).toEqual(back);
    expect(back).toMatchObject({ status: 'in-progress' });
  });

  it('ends a stay late, when the visit was only repeated since, and moves nobody', () => {
    const before = after(admitted, told('A08', { at: '1005', ward: 'W3', from: '07' }));
    const ended = merge(before, discharged);
    expect(ended).toMatchObject({
      status: 'finished',
      period: { start: '2026-03-01T07:00:00+00:00', end: '2026-03-01T10:00:00+00:00' },
    });
    expect(ended['location']).toEqual(before['location']);
  });

  it('cancels no admission that was told anew since', () => {
    const before = after(admitted);
    expect(merge(before, told('A11', { at: '0759' }))).toEqual(before);
  });

  it('takes back no discharge that was told since, its end neither', () => {
    const before = after(admitted, told('A03', { at: '1200', until: '12' }));
    expect(merge(before, calledBack)).toEqual(before);
  });

  it('is not older when it is of the same minute', () => {
    expect(after(admitted, told('A02', { at: '0800', ward: 'W2' }))['location']).toHaveLength(2);
  });

  it('still says what nobody said before', () => {
    const { period, ...rest } = after(admitted, transferred);
    expect(period).toBeDefined();
    expect(merge(rest, admitted)).toMatchObject({ period });
  });
});

describe('a stay that has ended', () => {
  const before = after(admitted, discharged);

  it.each(['A01', 'A02', 'A04', 'A05'])('is not taken up again by a newer %s', (event) => {
    const newer = told(event, { at: '1300', ward: 'W2' });
    expect(standingOf(before, newer).isEnded).toBe(true);
  });

  it('is by A13, and called off by A11', () => {
    for (const event of ['A13', 'A11'])
      expect(standingOf(before, told(event, { at: '1300' }))).toMatchObject({
        isLate: { course: false },
        isEnded: false,
      });
    expect(merge(before, calledBack)).toMatchObject({ status: 'in-progress' });
  });

  it('may be told of anew: its end, where it was', () => {
    const moved = told('A03', { at: '1300', until: '09' });
    expect(standingOf(before, moved).isEnded).toBe(false);
    expect(merge(before, moved)).toMatchObject({ period: { end: '2026-03-01T09:00:00+00:00' } });
  });
});

describe('when a message was recorded', () => {
  it('is EVN-2, else MSH-7; of orders and results it is not asked', () => {
    expect(told('A01', { at: '0800' }).visit?.recorded?.from).toBe(Date.parse('2026-03-01T08:00:00Z'));
    expect(told('A01', { at: '' }).visit?.recorded?.from).toBe(Date.parse('2026-03-01T23:59:00Z'));
  });

  it('is kept in meta, beside what else is there', () => {
    expect(after(admitted, transferred)['meta']).toMatchObject({
      extension: [{ valueInstant: '2026-03-01T09:00:00.000Z' }, { valueInstant: '2026-03-01T09:00:00.000Z' }],
    });
  });
});
