import { describe, expect, it } from '@jest/globals';
import type { Reconciliation } from '#medications/contract';
import { fact } from './fact.ts';
import { medicationList } from './medication-list.ts';
import { standingOf } from './reconciled.ts';

const reconciliation: Reconciliation = {
  id: 'rec',
  encounter: 'stay',
  patient: 'ada',
  sequence: 1,
  recordedAt: '2026-03-09T10:00:00.000Z',
  by: 'Practitioner/stern',
  decided: [
    { line: 'MedicationRequest/a', version: '1', decision: 'keep', result: 'MedicationRequest/a' },
    { line: 'MedicationStatement/s', version: '1', decision: 'keep', result: 'MedicationRequest/plan' },
    {
      line: 'MedicationRequest/b',
      version: '1',
      decision: 'change',
      reason: 'r',
      result: 'MedicationRequest/new',
    },
  ],
  listed: [
    { request: 'MedicationRequest/a', medication: 'Aspirin <100 mg>' },
    { request: 'MedicationRequest/plan' },
  ],
  findings: [],
  missing: [],
  ended: [],
};

describe('the list of reconciled medications', () => {
  it('has an entry for each order in force, and says who decided', () => {
    expect(medicationList('l', reconciliation)).toMatchObject({
      resourceType: 'List',
      id: 'l',
      source: { reference: 'Practitioner/stern' },
      entry: [
        { item: { reference: 'MedicationRequest/a', display: 'Aspirin <100 mg>' } },
        { item: { reference: 'MedicationRequest/plan' } },
      ],
      text: { div: expect.stringContaining('Aspirin &lt;100 mg&gt;') },
    });
  });

  it('says that none goes on, and what was not looked at', () => {
    const none = { ...reconciliation, listed: [], missing: ['city-hospital'], by: 'client/ward' };
    expect(medicationList('l', none)).toMatchObject({
      source: { display: 'client/ward' },
      emptyReason: { coding: [{ code: 'nilknown' }] },
      note: [{ text: expect.stringContaining('city-hospital') }],
    });
  });
});

describe('a medication in force at discharge', () => {
  const standing = (reference: string, of: Reconciliation | undefined = reconciliation) => {
    const [resourceType, id] = reference.split('/');
    return standingOf(fact(JSON.stringify({ resourceType, id })), of);
  };

  it('stands as it was decided, is stood for by another, or came after', () => {
    expect(standing('MedicationRequest/a')).toBe('keep');
    expect(standing('MedicationRequest/new')).toBe('change');
    expect(standing('MedicationStatement/s')).toBe('decided');
    expect(standing('MedicationRequest/late')).toBeUndefined();
    expect(standingOf(fact('{"resourceType":"MedicationRequest","id":"a"}'), undefined)).toBeUndefined();
  });
});
