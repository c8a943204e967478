import { describe, expect, it } from '@jest/globals';
import { Fault, localReference, sliceParameters } from '#platform/fhir';
import { readDecisions, type Decision } from './decision.ts';
import { emptyDrugTable } from './drug-table.ts';
import { reconcile } from './reconcile.ts';
import { therapyLine, type TherapyLine } from './therapy-line.ts';
import { worksheet } from './worksheet.ts';

const stay = { encounter: 'Encounter/stay', span: { start: Date.UTC(2026, 2, 2), end: Infinity }, ended: [] };
const local = (reference: unknown) => localReference(reference, 'https://own.example/fhir/R4');
const context = {
  reconciliation: 'rec-1',
  encounter: 'stay',
  patient: 'ada',
  at: '2026-03-09T10:00:00.000Z',
  by: 'Practitioner/stern',
  localReference: local,
};

function line(text: string, url?: string): TherapyLine {
  const source = { resource: JSON.parse(text), text, version: '3', resolve: local };
  return therapyLine(url === undefined ? source : { ...source, url }, emptyDrugTable)!;
}

const drug = (name: string) => `"medicationCodeableConcept":{"text":"${name}"}`;
const order = (id: string, name: string, more = '') =>
  line(
    `{"resourceType":"MedicationRequest","id":"${id}","status":"active","intent":"order",${drug(name)}${more}}`,
  );
const statement = (id: string, name: string, more = '') =>
  line(`{"resourceType":"MedicationStatement","id":"${id}","status":"active",${drug(name)}${more}}`);
const dose =
  '"doseAndRate":[{"doseQuantity":{"value":1.10,"unit":"mg"}}],"timing":{"code":{"coding":[{"code":"QD"}]}}';

function decide(lines: readonly TherapyLine[], ...decisions: readonly Decision[]) {
  const plan = reconcile(worksheet({ lines, allergies: [], missing: [] }, stay), decisions, context);
  const written = new Map(
    plan.writes.map(({ type, id, text }) => [`${type}/${id}`, { text, fields: JSON.parse(text) }]),
  );
  return { ...plan, written };
}

describe('a reconciliation', () => {
  it('leaves alone what is kept, and lists it', () => {
    const plan = decide([order('a', 'Aspirin 100 mg')], { line: 'MedicationRequest/a', decision: 'keep' });
    expect(plan).toMatchObject({
      writes: [],
      ended: [],
      listed: [{ request: 'MedicationRequest/a', medication: 'Aspirin 100 mg' }],
    });
  });

  it('resumes a kept order that was on hold, every digit as it was', () => {
    const held = line(
      `{"resourceType":"MedicationRequest","id":"a","status":"on-hold","intent":"order",${drug('Aspirin')},"dosageInstruction":[{${dose}}]}`,
    );
    const plan = decide([held], { line: 'MedicationRequest/a', decision: 'keep' });
    const { text, fields } = plan.written.get('MedicationRequest/a')!;
    expect(fields.status).toBe('active');
    expect(text).toContain('"value":1.10');
    expect(plan.writes[0]).toMatchObject({ ifMatch: 3 });
  });

  it('makes a plan of a kept report, as US Core has it, and says where it was found', () => {
    const told = statement(
      's',
      'Aspirin',
      `,"informationSource":{"reference":"Patient/ada"},"dosage":[{${dose}}]`,
    );
    const plan = decide([told], { line: 'MedicationStatement/s', decision: 'keep' });
    const [{ request }] = plan.listed as [{ request: string }];
    const { text, fields } = plan.written.get(request)!;
    expect(fields).toMatchObject({
      status: 'active',
      intent: 'plan',
      reportedReference: { reference: 'Patient/ada' },
      subject: { reference: 'Patient/ada' },
      encounter: { reference: 'Encounter/stay' },
      supportingInformation: [{ reference: 'MedicationStatement/s' }],
      authoredOn: context.at,
    });
    expect(text).toContain('"value":1.10');
  });

  it('lists once what several sources tell of one therapy', () => {
    const elsewhere = 'https://city.example/r4/MedicationRequest/9';
    const told = [
      order('a', 'Aspirin', `,"dosageInstruction":[{${dose}}]`),
      statement('s', 'ASPIRIN', `,"dosage":[{${dose}}]`),
      line(`{"resourceType":"MedicationRequest","id":"9","status":"active",${drug('aspirin')}}`, elsewhere),
    ];
    const keep = (lines: readonly TherapyLine[]) =>
      decide(lines, ...lines.map(({ reference }) => ({ line: reference, decision: 'keep' as const })));
    expect(keep(told).listed).toEqual([{ request: 'MedicationRequest/a', medication: 'Aspirin' }]);
    const foreign = keep(told.slice(1));
    expect(foreign.listed).toHaveLength(1);
    expect(foreign.written.get(foreign.listed[0]!.request)!.fields).toMatchObject({
      reportedBoolean: true,
      supportingInformation: [{ reference: 'MedicationStatement/s' }],
    });
  });

  it('ends what is stopped, not taken, changed or substituted, with the reason', () => {
    const lines = [
      order('a', 'Aspirin'),
      statement('s', 'Codeine'),
      order('c', 'Digoxin'),
      order('d', 'Enalapril'),
    ];
    const request = (name: string) =>
      `{"resourceType":"MedicationRequest",${drug(name)},"dosageInstruction":[{${dose}}]}`;
    const plan = decide(
      lines,
      { line: 'MedicationRequest/a', decision: 'stop', reason: 'bleeding' },
      { line: 'MedicationStatement/s', decision: 'not-taking', reason: 'never took it' },
      { line: 'MedicationRequest/c', decision: 'change', reason: 'level', request: request('Digoxin') },
      { line: 'MedicationRequest/d', decision: 'substitute', reason: 'cough', request: request('Losartan') },
    );
    const of = (reference: string) => plan.written.get(reference)!.fields;
    expect(of('MedicationRequest/a')).toMatchObject({
      status: 'stopped',
      statusReason: { text: 'bleeding' },
    });
    expect(of('MedicationStatement/s')).toMatchObject({
      status: 'not-taken',
      statusReason: [{ text: 'never took it' }],
    });
    expect(of('MedicationRequest/c')).toMatchObject({ status: 'stopped' });
    expect(plan.listed.map(({ medication }) => medication)).toEqual(['Digoxin', 'Losartan']);
    const changed = plan.written.get(plan.listed[0]!.request)!;
    expect(changed.fields).toMatchObject({
      intent: 'order',
      priorPrescription: { reference: 'MedicationRequest/c' },
    });
    expect(changed.text).toContain('"value":1.10');
    expect(plan.ended).toContain('MedicationRequest/a 4');
  });

  it('leaves what is not ours as it is', () => {
    const url = 'https://city.example/r4/MedicationRequest/9';
    const foreign = line(
      `{"resourceType":"MedicationRequest","id":"9","status":"active",${drug('Aspirin')}}`,
      url,
    );
    const plan = decide([foreign], { line: url, decision: 'stop', reason: 'ended' });
    expect(plan.writes.filter(({ type }) => type !== 'DetectedIssue')).toEqual([]);
    expect(plan.ended).toEqual([`${url} 3`]);
  });

  it('records each finding with what was decided of its lines', () => {
    const plan = decide(
      [order('a', 'Ibuprofen 400 mg'), order('b', 'Ibuprofen 600 mg')],
      { line: 'MedicationRequest/a', decision: 'keep' },
      { line: 'MedicationRequest/b', decision: 'stop', reason: 'doubled' },
    );
    expect(plan.written.get(plan.findings[0]!)!.fields).toMatchObject({
      status: 'final',
      implicated: [{ reference: 'MedicationRequest/a' }, { reference: 'MedicationRequest/b' }],
      mitigation: [
        { action: { coding: [{ code: 'keep' }] }, author: { reference: 'Practitioner/stern' } },
        { action: { coding: [{ code: 'stop' }], text: 'MedicationRequest/b: Ends. doubled' } },
      ],
    });
  });

  it.each([
    ['lacks a line', []],
    [
      'decides a line twice',
      [
        { line: 'MedicationRequest/a', decision: 'keep' },
        { line: 'MedicationRequest/a', decision: 'keep' },
      ],
    ],
    [
      'decides another line',
      [
        { line: 'MedicationRequest/a', decision: 'keep' },
        { line: 'MedicationRequest/z', decision: 'keep' },
      ],
    ],
    [
      'orders for another patient',
      [
        {
          line: 'MedicationRequest/a',
          decision: 'change',
          reason: 'r',
          request: '{"resourceType":"MedicationRequest","subject":{"reference":"Patient/eve"}}',
        },
      ],
    ],
  ] as const)('is refused when it %s', (_, decisions) => {
    expect(() => decide([order('a', 'Aspirin')], ...decisions)).toThrow(Fault);
  });
});

describe('decisions as they are sent', () => {
  const read = (...parameter: object[]) =>
    readDecisions(sliceParameters(JSON.stringify({ resourceType: 'Parameters', parameter })), local);
  const decision = (parts: Record<string, unknown>) => ({
    name: 'decision',
    part: Object.entries(parts).map(([name, value]) =>
      name === 'medicationRequest' ? { name, resource: value } : { name, valueString: value },
    ),
  });

  it('name their line by reference or by the address it has', () => {
    expect(
      read(decision({ line: 'https://own.example/fhir/R4/MedicationRequest/a', decision: 'keep' })).decisions,
    ).toEqual([{ line: 'MedicationRequest/a', decision: 'keep' }]);
  });

  it.each([
    [{ decision: 'keep' }],
    [{ line: 'MedicationRequest/a', decision: 'ignore' }],
    [{ line: 'MedicationRequest/a', decision: 'toString' }],
    [{ line: 'MedicationRequest/a', decision: 'stop' }],
    [{ line: 'MedicationRequest/a', decision: 'change', reason: 'r' }],
    [{ line: 'MedicationRequest/a', decision: 'keep', medicationRequest: {} }],
  ])('are refused where they cannot be recorded: %j', (parts) => {
    expect(() => read(decision(parts))).toThrow(/Decision 1 cannot be recorded/);
  });
});
