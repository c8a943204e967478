import { describe, expect, it } from '@jest/globals';
import { derivedId, validate } from '#platform/fhir';
import {
  calledOff,
  communicationOf,
  contentOf,
  extensionOf,
  extensions,
  isNotice,
  settled,
  topicOf,
  type Telling,
} from './communication.ts';
import { fact } from './fact.ts';
import { tellings } from './tellings.ts';
import { builtInRules } from './transition-rules.ts';

const encounter = fact(
  '{"resourceType":"Encounter","id":"e","serviceProvider":{"reference":"Organization/hospital"}}',
);
const addressee = {
  recipients: [{ reference: 'Organization/practice' }],
  known: ['Organization/practice'],
  endpoint: 'in',
  key: 'Endpoint/in',
};
const telling: Telling = {
  id: 'c',
  category: 'notification',
  step: 'discharged',
  topic: 'discharge',
  title: 'Discharge',
  message: 'notification-discharge',
  rules: builtInRules,
  encounter,
  patient: 'Patient/p',
  occurredAt: Date.UTC(2026, 2, 9),
  bundle: 'b',
  addressee,
  hindrance: undefined,
  lacks: [],
};
const open = communicationOf(telling).text;
const done = { outcome: 'completed', at: '2026-03-09T10:00:00Z', attempts: 2, proof: 'HTTP 200' } as const;
const given = {
  outcome: 'stopped',
  at: '2026-03-09T10:00:00Z',
  attempts: 9,
  proof: 'HTTP 410',
  reason: 'Gone.',
} as const;

describe('the record of what is told', () => {
  it('names the event, the stay, who is told where, what, and by which rules', () => {
    const communication = JSON.parse(open) as Record<string, unknown>;
    expect(validate('Communication', communication)).toEqual([]);
    expect(communication).toMatchObject({
      status: 'in-progress',
      category: [{ coding: [{ code: 'notification' }] }],
      subject: { reference: 'Patient/p' },
      encounter: { reference: 'Encounter/e' },
      recipient: [{ reference: 'Organization/practice' }],
      sender: { reference: 'Organization/hospital' },
      reasonCode: [{ coding: [{ code: 'notification-discharge' }] }],
      meta: { tag: [{ system: 'https://septum.dev/fhir/CodeSystem/rule-pack', code: 'built-in|1' }] },
    });
    expect(extensionOf(communication, extensions.occurred)).toBe('2026-03-09T00:00:00.000Z');
    expect(extensionOf(communication, extensions.endpoint)).toEqual({ reference: 'Endpoint/in' });
    expect([topicOf(communication), contentOf(communication), isNotice(communication)]).toEqual([
      'discharge',
      'b',
      true,
    ]);
    expect(isNotice(fact(communicationOf({ ...telling, category: 'document' }).text).fields)).toBe(false);
  });

  it.each(['objection', 'no-endpoint', 'no-recipient', 'no-patient'] as const)(
    'says why not: %s',
    (hindrance) => {
      const text = communicationOf({ ...telling, hindrance, bundle: undefined, patient: undefined }).text;
      const communication = JSON.parse(text) as Record<string, unknown>;
      expect(validate('Communication', communication)).toEqual([]);
      expect(communication).toMatchObject({ status: 'not-done', statusReason: { text: expect.any(String) } });
      expect(calledOff(text)).toBeUndefined();
    },
  );

  it('says how telling ended, once, with its proof', () => {
    const text = settled(open, done)!.text;
    const communication = JSON.parse(text) as Record<string, unknown>;
    expect(validate('Communication', communication)).toEqual([]);
    expect(communication).toMatchObject({ status: 'completed', sent: done.at });
    expect(extensionOf(communication, extensions.attempts)).toBe(2);
    expect(extensionOf(communication, extensions.proof)).toBe('HTTP 200');
    expect(extensionOf(communication, extensions.occurred)).toBe('2026-03-09T00:00:00.000Z');
    expect([settled(text, done), settled(text, given), calledOff(text)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    const stopped = settled(open, given)!.text;
    expect(JSON.parse(stopped)).toMatchObject({ status: 'stopped', statusReason: { text: 'Gone.' } });
    expect(settled(stopped, given)).toBeUndefined();
    expect(JSON.parse(calledOff(stopped)!.text)).toMatchObject({ status: 'not-done' });
    const unsent = settled(open, { ...given, attempts: 0 })!.text;
    expect(validate('Communication', JSON.parse(unsent))).toEqual([]);
  });

  it('is not told any more once it is called off, unless it was on its way', () => {
    const off = calledOff(open)!.text;
    expect(JSON.parse(off)).toMatchObject({
      status: 'not-done',
      statusReason: { coding: [{ code: 'called-off' }] },
    });
    expect(settled(off, given)).toBeUndefined();
    const told = JSON.parse(settled(off, done)!.text) as Record<string, unknown>;
    expect(told).toMatchObject({ status: 'completed' });
    expect(told).not.toHaveProperty('statusReason');
  });
});

describe('what is due', () => {
  const other = { ...addressee, endpoint: 'other', key: 'Endpoint/other' };
  const found = [
    { addressee, hindrance: undefined },
    { addressee: other, hindrance: 'objection' as const },
  ];

  it('is what hinders nothing: one event for each, in the order of the patient', () => {
    const { resources, events } = tellings(derivedId, ['discharge', 'e', '7'], found, telling);
    expect(new Set(resources.map(({ id }) => id)).size).toBe(2);
    expect(events).toMatchObject([
      { orderKey: 'Patient/p', payload: { communication: resources[0]!.id, patient: 'p', endpoint: 'in' } },
    ]);
  });

  it('has the same id each time, and another for another event', () => {
    const ids = (...what: string[]) =>
      tellings(derivedId, what, found, telling).resources.map(({ id }) => id);
    expect(ids('discharge', 'e', '7')).toEqual(ids('discharge', 'e', '7'));
    expect(ids('discharge', 'e', '7')).not.toEqual(ids('discharge', 'e', '8'));
  });
});
