import { describe, expect, it } from '@jest/globals';
import { systemCaller } from '#platform/access';
import { Fault, localReference } from '#platform/fhir';
import { encounterRule } from './encounter-rule.ts';

const now = Date.UTC(2026, 2, 9, 10);

function decide(before: object | undefined, after: object | undefined) {
  const local = (reference: unknown) => localReference(reference, 'https://own.example/fhir/R4');
  return encounterRule(() => now).decide(before as never, after as never, local, systemCaller('encounters'));
}

function encounter(status: string, more: object = {}) {
  const known = { id: 'e1', meta: { versionId: '4' }, subject: { reference: 'Patient/p1' } };
  return { resourceType: 'Encounter', ...known, status, ...more };
}

function at(...locations: object[]) {
  return { location: locations };
}

function ward(id: string, more: object = {}) {
  return { location: { reference: `Location/${id}` }, ...more };
}

function patterns(before: object | undefined, after: object | undefined) {
  return decide(before, after).map((event) => event.type.pattern);
}

function refusal(from: string, to: string): Fault | undefined {
  try {
    decide(encounter(from), encounter(to));
    return undefined;
  } catch (error) {
    return error as Fault;
  }
}

describe('the steps of an encounter', () => {
  const statuses = [
    'planned',
    'arrived',
    'triaged',
    'in-progress',
    'onleave',
    'finished',
    'cancelled',
    'entered-in-error',
    'unknown',
  ];

  it('follow the order of care', () => {
    const allowed = statuses.flatMap((from) =>
      statuses.filter((to) => from !== to && !refusal(from, to)).map((to) => `${from} > ${to}`),
    );
    expect(allowed).toEqual([
      'planned > arrived',
      'planned > triaged',
      'planned > in-progress',
      'planned > cancelled',
      'planned > entered-in-error',
      'planned > unknown',
      'arrived > triaged',
      'arrived > in-progress',
      'arrived > finished',
      'arrived > cancelled',
      'arrived > entered-in-error',
      'arrived > unknown',
      'triaged > in-progress',
      'triaged > finished',
      'triaged > cancelled',
      'triaged > entered-in-error',
      'triaged > unknown',
      'in-progress > onleave',
      'in-progress > finished',
      'in-progress > entered-in-error',
      'in-progress > unknown',
      'onleave > in-progress',
      'onleave > finished',
      'onleave > entered-in-error',
      'onleave > unknown',
      'finished > in-progress',
      'finished > onleave',
      'finished > entered-in-error',
      'cancelled > entered-in-error',
      'unknown > planned',
      'unknown > arrived',
      'unknown > triaged',
      'unknown > in-progress',
      'unknown > onleave',
      'unknown > finished',
      'unknown > cancelled',
      'unknown > entered-in-error',
    ]);
  });

  it('are refused with what may follow instead', () => {
    const fault = refusal('planned', 'finished');
    expect(fault).toBeInstanceOf(Fault);
    expect(fault?.kind).toBe('business-rule');
    expect(fault?.message).toBe(
      'An encounter that is planned cannot become finished. ' +
        'What may follow planned: arrived, triaged, in-progress, cancelled, entered-in-error, unknown.',
    );
    expect(fault?.issues[0]?.expression).toBe('Encounter.status');
    expect(refusal('entered-in-error', 'planned')?.message).toContain('this status is final');
  });

  it('do not matter when the status stays', () => {
    for (const status of statuses) expect(refusal(status, status)).toBeUndefined();
  });
});

describe('an encounter is deleted', () => {
  it.each(['planned', 'entered-in-error'])('when it is %s, and tells nobody', (status) => {
    expect(patterns(encounter(status), undefined)).toEqual([]);
  });

  it.each(['arrived', 'triaged', 'in-progress', 'onleave', 'finished', 'cancelled', 'unknown'])(
    'never when it is %s: others were told of it',
    (status) => {
      expect(() => patterns(encounter(status), undefined)).toThrow(/update it to entered-in-error/);
    },
  );
});

describe('what an encounter tells the other contexts', () => {
  it('is an admission when the patient comes into care', () => {
    expect(patterns(undefined, encounter('in-progress'))).toEqual(['encounters.encounter.admitted.v1']);
    expect(patterns(encounter('arrived'), encounter('in-progress'))).toEqual([
      'encounters.encounter.admitted.v1',
    ]);
    expect(patterns(encounter('onleave'), encounter('in-progress'))).toEqual([]);
  });

  it('says which version of the encounter tells of it', () => {
    expect(decide(encounter('arrived'), encounter('in-progress'))).toMatchObject([
      { payload: { version: 4 } },
    ]);
  });

  it('is an arrival when the patient is here and not yet in care, once', () => {
    const arrived = ['encounters.encounter.arrived.v1'];
    expect(patterns(undefined, encounter('arrived'))).toEqual(arrived);
    expect(patterns(encounter('planned'), encounter('triaged'))).toEqual(arrived);
    expect(patterns(encounter('arrived'), encounter('triaged'))).toEqual([]);
  });

  it('says of which class the encounter is, in the words of HL7 alone', () => {
    const emergency = { class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'EMER' } };
    expect(decide(undefined, encounter('arrived', emergency))).toMatchObject([
      { payload: { class: 'EMER' } },
    ]);
    const local = { class: { system: 'https://elsewhere.example/classes', code: 'EMER' } };
    expect(decide(undefined, encounter('arrived', local))[0]?.payload).not.toHaveProperty('class');
  });

  it('is another class when that changes during care, and a transfer besides when the location does', () => {
    const before = encounter('in-progress', { class: { code: 'EMER' }, ...at(ward('er')) });
    const after = encounter('in-progress', { class: { code: 'IMP' }, ...at(ward('ward-4')) });
    expect(decide(before, after)).toMatchObject([
      {
        type: { pattern: 'encounters.encounter.class-changed.v1' },
        orderKey: 'Patient/p1',
        payload: { encounter: 'e1', patient: 'p1', class: 'IMP', previousClass: 'EMER' },
      },
      { type: { pattern: 'encounters.encounter.transferred.v1' }, payload: { class: 'IMP' } },
    ]);
    expect(patterns(after, after)).toEqual([]);
    expect(patterns(encounter('planned', { class: { code: 'EMER' } }), after)).toEqual([
      'encounters.encounter.admitted.v1',
    ]);
  });

  it('is a transfer when the location changes during care', () => {
    const before = encounter('in-progress', at(ward('icu', { status: 'active' })));
    const after = encounter(
      'in-progress',
      at(ward('icu', { status: 'completed' }), ward('ward-4', { status: 'active' })),
    );
    expect(decide(before, after)).toMatchObject([
      {
        type: { pattern: 'encounters.encounter.transferred.v1' },
        orderKey: 'Patient/p1',
        payload: { encounter: 'e1', patient: 'p1', location: 'ward-4', previousLocation: 'icu' },
      },
    ]);
    expect(patterns(before, before)).toEqual([]);
    const ended = at(ward('icu', { period: { end: '2026-01-01' } }), ward('ward-4'));
    expect(patterns(before, encounter('in-progress', ended))).toEqual([
      'encounters.encounter.transferred.v1',
    ]);
  });

  it('is a discharge when it finishes, once', () => {
    expect(decide(encounter('in-progress'), encounter('finished'))).toMatchObject([
      {
        type: { pattern: 'encounters.encounter.discharged.v1' },
        orderKey: 'Patient/p1',
        payload: { encounter: 'e1', patient: 'p1' },
      },
    ]);
    expect(patterns(encounter('finished'), encounter('finished'))).toEqual([]);
  });

  it('is that a discharge was called off, when it goes on after it', () => {
    for (const status of ['in-progress', 'onleave'])
      expect(patterns(encounter('finished'), encounter(status))).toEqual([
        'encounters.encounter.discharge-cancelled.v1',
      ]);
  });

  it('is nothing when we first hear of it long after it was over', () => {
    for (const status of ['finished', 'cancelled', 'entered-in-error'])
      expect(patterns(undefined, encounter(status))).toEqual([]);
    for (const end of ['2026-03-08T09:59:58Z', '2026-03-07', '2026-03', '2026', '2026-03-10T10:00:01Z'])
      expect(patterns(undefined, encounter('finished', { period: { end } }))).toEqual([]);
    for (const status of ['cancelled', 'entered-in-error'])
      expect(patterns(undefined, encounter(status, { period: { end: '2026-03-09' } }))).toEqual([]);
  });

  it.each([
    '2026-03-09T10:00:00Z',
    '2026-03-08T10:00:00Z',
    '2026-03-09T12:00:00+02:00',
    '2026-03-09',
    '2026-03-08',
    // The clock or the offset of whoever sends may be ahead.
    '2026-03-09T12:00:00Z',
  ])('is a discharge when we first hear of it as it has just ended, at %s', (end) => {
    expect(decide(undefined, encounter('finished', { period: { end } }))).toMatchObject([
      {
        type: { pattern: 'encounters.encounter.discharged.v1' },
        orderKey: 'Patient/p1',
        payload: { encounter: 'e1', patient: 'p1', version: 4 },
      },
    ]);
  });

  it('is a cancellation when it is called off or was a mistake', () => {
    expect(patterns(encounter('planned'), encounter('cancelled'))).toEqual([
      'encounters.encounter.cancelled.v1',
    ]);
    expect(patterns(encounter('in-progress'), encounter('entered-in-error'))).toEqual([
      'encounters.encounter.cancelled.v1',
    ]);
  });

  it('orders by the encounter when it names no patient of ours', () => {
    const elsewhere = { subject: { reference: 'https://elsewhere.example/fhir/Patient/p1' } };
    const [event] = decide(encounter('planned', elsewhere), encounter('in-progress', elsewhere));
    expect(event).toMatchObject({ orderKey: 'Encounter/e1', payload: { encounter: 'e1' } });
    expect(event?.payload).not.toHaveProperty('patient');
  });

  it('knows its patient also by the address of the installation', () => {
    const written = { subject: { reference: 'https://own.example/fhir/R4/Patient/p1' } };
    const [event] = decide(encounter('planned', written), encounter('in-progress', written));
    expect(event).toMatchObject({ orderKey: 'Patient/p1', payload: { patient: 'p1' } });
  });
});
