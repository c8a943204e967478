import { describe, expect, it } from '@jest/globals';
import { validate } from '#platform/fhir';
import type { Reconciliation } from '../contract/index.ts';
import { decisionProvenances } from './decision-provenance.ts';
import { provenanceAgents } from './provenance-agents.ts';

const reconciliation: Reconciliation = {
  id: 'rec',
  encounter: 'stay',
  patient: 'ada',
  sequence: 1,
  recordedAt: '2026-03-09T10:00:00.000Z',
  by: 'Practitioner/stern',
  decided: [
    {
      line: 'MedicationRequest/a',
      version: '4',
      decision: 'change',
      reason: 'level',
      result: 'MedicationRequest/n',
    },
    { line: 'https://city.example/r4/MedicationRequest/9', version: 'x', decision: 'stop', reason: 'ended' },
  ],
  listed: [],
  findings: [],
  missing: [],
  ended: [],
};

describe('the provenance of decisions', () => {
  const [own, foreign] = decisionProvenances(reconciliation);

  it('says what came of which version of a line, who decided, and why', () => {
    expect(own).toMatchObject({
      target: [
        { reference: 'MedicationRequest/n' },
        { reference: 'MedicationRequest/a' },
        { reference: 'Patient/ada' },
      ],
      recorded: '2026-03-09T10:00:00.000Z',
      agent: [{ who: { reference: 'Practitioner/stern' } }],
      reason: [{ text: 'level' }],
      entity: [
        { what: { reference: 'MedicationRequest/a/_history/4' } },
        { what: { reference: 'Encounter/stay' } },
      ],
    });
    expect(foreign).toMatchObject({
      target: [{ reference: 'Patient/ada' }],
      entity: [{ what: { reference: 'https://city.example/r4/MedicationRequest/9' } }, {}],
    });
  });

  it('is valid, and the same each time it is made', () => {
    for (const each of [own!, foreign!]) expect(validate('Provenance', { ...each })).toEqual([]);
    expect(decisionProvenances(reconciliation)).toEqual([own, foreign]);
  });

  it('names the agents of the newest one', () => {
    const of = (recorded: string, display: string) => ({
      target: [{ reference: 'MedicationRequest/a' }],
      recorded,
      agent: [{ who: { display } }],
    });
    const agents = provenanceAgents([
      of('2026-03-02T00:00:00+01:00', 'new'),
      of('2026-03-01T00:00:00Z', 'old'),
      { target: [] },
    ]);
    expect([...agents]).toEqual([['MedicationRequest/a', 'new']]);
  });
});
