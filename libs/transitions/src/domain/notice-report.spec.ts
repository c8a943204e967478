import { describe, expect, it } from '@jest/globals';
import { validate } from '#platform/fhir';
import { communicationOf, settled, type Hindrance } from './communication.ts';
import { fact, type Fact } from './fact.ts';
import { reportCsv, reportParameters } from './notice-report-form.ts';
import { occurredIn, reportedEvents, unrecordedEvents } from './notice-report.ts';
import { builtInRules } from './transition-rules.ts';

const march = { low: Date.UTC(2026, 2, 1), high: Date.UTC(2026, 3, 1) };

function communication(encounter: string, name: string, hindrance?: Hindrance): string {
  return communicationOf({
    id: `c-${encounter}-${name}`,
    category: 'notification',
    step: 'discharged',
    topic: 'discharge',
    title: 'Discharge, or transfer',
    message: 'notification-discharge',
    rules: builtInRules,
    encounter: fact(JSON.stringify({ resourceType: 'Encounter', id: encounter })),
    patient: 'Patient/p',
    occurredAt: Date.UTC(2026, 2, 9),
    bundle: 'b',
    addressee: {
      recipients: [{ reference: `Organization/${name}`, display: `=${name}` }],
      known: [],
      key: name,
    },
    hindrance,
    lacks: hindrance === undefined ? ['the name of the sending institution'] : [],
  }).text;
}

const done = { outcome: 'completed', at: '2026-03-09T00:05:00Z', attempts: 1, proof: 'HTTP 200' } as const;
const told = settled(communication('e1', 'practice'), done)!.text;
const refused = communication('e1', 'insurer', 'objection');
const hindered = communication('e2', 'pharmacy', 'no-endpoint');
const all = [told, refused, hindered].map(fact);

function stay(id: string, status: string, code: string, period: object): Fact {
  return fact(JSON.stringify({ resourceType: 'Encounter', id, status, class: { code }, period }));
}

describe('events against notices', () => {
  it('are reported by event, and stand out when nobody was told', () => {
    const events = reportedEvents(all);
    expect(events).toMatchObject([
      {
        lines: [
          { encounter: 'Encounter/e1', status: 'not-done' },
          { status: 'completed', toldAt: done.at, proof: 'HTTP 200' },
        ],
      },
      {
        alarm: 'nobody-told',
        lines: [{ encounter: 'Encounter/e2', why: expect.stringContaining('Endpoint') }],
      },
    ]);
    expect(events[0]).not.toHaveProperty('alarm');
    expect(all.map(({ fields }) => occurredIn(fields, march))).toEqual([true, true, true]);
    expect(occurredIn(all[0]!.fields, { low: march.high, high: Infinity })).toBe(false);
  });

  it('stand out when nothing is recorded of a stay that began or ended in the period', async () => {
    const stays = [
      stay('whole', 'finished', 'IMP', { start: '2026-03-02', end: '2026-03-05' }),
      stay('before', 'finished', 'IMP', { start: '2026-02-02', end: '2026-03-05' }),
      stay('known', 'in-progress', 'EMER', { start: '2026-03-02' }),
      stay('clinic', 'finished', 'AMB', { start: '2026-03-02', end: '2026-03-02' }),
      stay('error', 'entered-in-error', 'IMP', { start: '2026-03-02' }),
    ];
    const found = await unrecordedEvents(
      stays,
      march,
      async () => builtInRules,
      (id) => id === 'known',
    );
    expect(found.map(({ lines, alarm }) => [lines[0]!.encounter, lines[0]!.topic, alarm])).toEqual([
      ['Encounter/whole', 'inpatient-admission', 'not-recorded'],
      ['Encounter/whole', 'discharge', 'not-recorded'],
      ['Encounter/before', 'discharge', 'not-recorded'],
    ]);
  });

  it('are judged by the rules that held when they happened', async () => {
    const at = Date.UTC(2026, 2, 4);
    const later = { ...builtInRules, name: 'north', version: '1', notices: [] };
    const stays = [
      stay('before', 'in-progress', 'IMP', { start: '2026-03-03' }),
      stay('since', 'in-progress', 'IMP', { start: '2026-03-05' }),
    ];
    const rulesAt = async (instant: number) => (instant < at ? builtInRules : later);
    const found = await unrecordedEvents(stays, march, rulesAt, () => false);
    expect(found.map(({ lines }) => [lines[0]!.encounter, lines[0]!.rules])).toEqual([
      ['Encounter/before', 'built-in|1'],
    ]);
  });

  it('are counted, and those that stand out come first', () => {
    const events = reportedEvents(all);
    const report = reportParameters(march, events) as { parameter: Record<string, unknown>[] };
    expect(validate('Parameters', report as never)).toEqual([]);
    const counts = report.parameter.filter((one) => 'valueUnsignedInt' in one);
    expect(Object.fromEntries(counts.map((one) => [one['name'], one['valueUnsignedInt']]))).toEqual({
      events: 2,
      'events-nobody-told': 1,
      'events-not-recorded': 0,
      told: 1,
      due: 0,
      'not-told': 2,
    });
    const [first] = report.parameter.filter(({ name }) => name === 'event');
    expect(first).toMatchObject({ part: [{ name: 'alarm', valueCode: 'nobody-told' }, {}, {}, {}, {}, {}] });
  });

  it('are a table, whose cells no spreadsheet takes for a formula or a border', () => {
    const rows = reportCsv(reportedEvents(all)).trim().split('\r\n');
    expect(rows).toHaveLength(4);
    expect(rows[1]).toMatch(/^nobody-told,2026-03-09T00:00:00.000Z,"Discharge, or transfer",Encounter\/e2,/);
    expect(rows[1]).toContain(`,'=pharmacy (Organization/pharmacy),not-done,`);
    expect(rows[3]).toContain('What is told lacks the name of the sending institution');
    expect(rows[3]).toMatch(/,built-in\|1$/);
  });
});
