import { describe, expect, it } from '@jest/globals';
import { Fault, localReference } from '#platform/fhir';
import { historyLine, type HistoryLine } from './history-line.ts';
import { historyList } from './history-list.ts';
import { compareHistory, historyPage, lineReference } from './history-order.ts';

const lineOf = (resource: Record<string, unknown>) =>
  historyLine(resource, (reference) => localReference(reference, 'https://own.example/fhir/R4'));

const aspirin = { medicationCodeableConcept: { text: 'Aspirin 100 mg' } };

function line(type: string, id: string, more: object): HistoryLine {
  return lineOf({ resourceType: type, id, status: 'completed', ...aspirin, ...more })!;
}

const lines = [
  line('MedicationRequest', 'r1', { authoredOn: '2026-03-01T08:00:00Z' }),
  line('MedicationDispense', 'd1', {
    whenPrepared: '2026-03-01',
    whenHandedOver: '2026-03-01T10:00:00+01:00',
  }),
  line('MedicationAdministration', 'a1', { effectivePeriod: { start: '2026-03-01T09:00:00Z' } }),
  line('MedicationAdministration', 'a0', { effectiveDateTime: '2026-03-01T09:00:00.000Z' }),
  line('MedicationStatement', 's1', { effectivePeriod: { start: '2025' } }),
  line('MedicationStatement', 's2', {}),
  line('MedicationRequest', 'r2', { authoredOn: '2026-03-02' }),
];

describe('one line of the medication history', () => {
  it('says when, what and from which source', () => {
    expect(lines[1]).toMatchObject({
      source: { type: 'MedicationDispense', code: 'dispense' },
      id: 'd1',
      date: '2026-03-01T10:00:00+01:00',
      status: 'completed',
      medication: 'Aspirin 100 mg',
    });
  });

  it('names the medication from wherever the source tells it', () => {
    const coded = { medicationCodeableConcept: { coding: [{ code: '1191', display: 'Aspirin' }] } };
    expect(line('MedicationRequest', 'r', coded).medication).toBe('Aspirin');
    const base = { resourceType: 'MedicationRequest', id: 'r', status: 'active' };
    const referenced = lineOf({ ...base, medicationReference: { reference: 'Medication/m1' } });
    expect(referenced).toMatchObject({ medication: undefined, medicationReference: 'Medication/m1' });
    const written = lineOf({
      ...base,
      medicationReference: { reference: 'https://own.example/fhir/R4/Medication/m1' },
    });
    expect(written).toMatchObject({ medicationReference: 'Medication/m1' });
    const contained = lineOf({
      ...base,
      contained: [{ resourceType: 'Medication', id: 'm', code: { text: 'Heparin' } }],
      medicationReference: { reference: '#m' },
    });
    expect(contained).toMatchObject({ medication: 'Heparin', medicationReference: undefined });
    const foreign = lineOf({
      ...base,
      medicationReference: { reference: 'https://x.example/Medication/m1' },
    });
    expect(foreign).toMatchObject({ medication: undefined, medicationReference: undefined });
  });

  it('is made of the four sources only', () => {
    expect(lineOf({ resourceType: 'Immunization', id: 'i', status: 'completed' })).toBeUndefined();
  });
});

describe('the order of the medication history', () => {
  const expected = ['r2', 'a0', 'a1', 'd1', 'r1', 's1', 's2'];

  it('is newest first, then the later step, then the id, undated last', () => {
    expect([...lines].sort(compareHistory).map(({ id }) => id)).toEqual(expected);
    expect(
      lines
        .toReversed()
        .sort(compareHistory)
        .map(({ id }) => id),
    ).toEqual(expected);
  });

  it('gives pages that neither repeat nor skip a line', () => {
    for (const count of [1, 2, 3, 7, 50]) {
      const seen: string[] = [];
      for (let next: string | undefined, first = true; first || next !== undefined; first = false) {
        const page = historyPage(lines, count, next);
        expect(page.lines.length).toBeLessThanOrEqual(count);
        seen.push(...page.lines.map(({ id }) => id));
        next = page.next;
      }
      expect(seen).toEqual(expected);
    }
  });
});

describe('lines that other servers keep', () => {
  const elsewhere = (server: string, more: object = {}) =>
    historyLine(
      {
        resourceType: 'MedicationRequest',
        id: 'r1',
        status: 'active',
        authoredOn: '2026-03-01T08:00:00Z',
        ...aspirin,
        ...more,
      },
      (reference) => String(reference),
      { server, url: `https://${server}.example/r4/MedicationRequest/r1` },
    )!;

  it('are told apart from our own under the same id, on pages too', () => {
    const all = [lines[0]!, elsewhere('city'), elsewhere('abbey')];
    const first = historyPage(all, 2);
    const pages = [...first.lines, ...historyPage(all, 2, first.next).lines];
    expect(pages.map(lineReference)).toEqual([
      'MedicationRequest/r1',
      'https://abbey.example/r4/MedicationRequest/r1',
      'https://city.example/r4/MedicationRequest/r1',
    ]);
  });

  it('name the server, the informant and the sending system', () => {
    const told = { reportedReference: { display: 'Daughter' }, meta: { source: 'urn:septum:v2:adt#42' } };
    expect(elsewhere('city', told).origin).toBe('told by Daughter, urn:septum:v2:adt#42, city');
    const [entry] = (historyList('p', [elsewhere('city')], 0) as { entry: object[] }).entry;
    expect(entry).toMatchObject({
      extension: [{ valueString: 'city' }],
      item: {
        reference: 'https://city.example/r4/MedicationRequest/r1',
        display: 'Ordered: Aspirin 100 mg (active), city',
      },
    });
    const [own] = (historyList('p', [lines[0]!], 0) as { entry: object[] }).entry;
    expect(own).toMatchObject({ extension: [{ valueString: 'recorded here' }] });
  });

  it('have their medications by reference from there alone', () => {
    const referring = {
      medicationCodeableConcept: undefined,
      medicationReference: { reference: 'Medication/m' },
    };
    expect(elsewhere('city', referring)).toMatchObject({
      medication: undefined,
      medicationReference: undefined,
    });
  });
});

describe('a cursor of the medication history', () => {
  it('holds its place when the line it was taken from is gone', () => {
    const { next } = historyPage(lines, 3);
    const without = lines.filter(({ id }) => id !== 'a1');
    expect(historyPage(without, 10, next).lines.map(({ id }) => id)).toEqual(['d1', 'r1', 's1', 's2']);
  });

  it('is refused when it is not ours', () => {
    expect(() => historyPage(lines, 3, 'nonsense')).toThrow(Fault);
  });
});

describe('the medication history as a List', () => {
  it('has one entry a line, naming its source', () => {
    const list = historyList('p1', lines.slice(0, 1), Date.UTC(2026, 2, 3));
    expect(list).toMatchObject({
      resourceType: 'List',
      mode: 'snapshot',
      subject: { reference: 'Patient/p1' },
      date: '2026-03-03T00:00:00.000Z',
      entry: [
        {
          flag: { coding: [{ code: 'request', display: 'Ordered' }] },
          date: '2026-03-01T08:00:00Z',
          item: { reference: lineReference(lines[0]!), display: 'Ordered: Aspirin 100 mg (completed)' },
        },
      ],
    });
    expect(list).not.toHaveProperty('emptyReason');
  });

  it('says of an order what it is: none, where it forbids, only a proposal or a plan, or a report', () => {
    const said = (more: object) => {
      const list = historyList('p1', [line('MedicationRequest', 'r', { status: 'active', ...more })], 0);
      const [entry] = (list as { entry: { flag: { text: string }; item: { display: string } }[] }).entry;
      return [entry!.flag.text, entry!.item.display];
    };
    const of = (word: string) => [word, `${word}: Aspirin 100 mg (active)`];
    expect(said({ intent: 'order', doNotPerform: true })).toEqual(of('Not to be given'));
    expect(said({ intent: 'proposal' })).toEqual(of('Proposed'));
    expect(said({ intent: 'option' })).toEqual(of('Proposed'));
    expect(said({ intent: 'plan' })).toEqual(of('Planned'));
    expect(said({ intent: 'plan', reportedReference: {} })).toEqual(of('Reported'));
    expect(said({ intent: 'reflex-order' })).toEqual(of('Ordered'));
  });

  it('says that nothing is recorded rather than that nothing was taken', () => {
    const list = historyList('p1', [], 0);
    expect(list).toMatchObject({ emptyReason: { coding: [{ code: 'unavailable' }] } });
    expect(list).not.toHaveProperty('entry');
  });
});
