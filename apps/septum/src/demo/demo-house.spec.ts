import { describe, expect, it } from '@jest/globals';
import { references, validate } from '#platform/fhir';
import { demoHouse, demoUntil } from './demo-house.ts';

const house = (patients: number, seed = 'septum') => [...demoHouse({ patients, seed, until: demoUntil })];

describe('the demonstration house', () => {
  const resources = house(120);

  it('is valid FHIR', () => {
    const wrong = resources.flatMap((resource) =>
      validate(resource.resourceType, resource).map((issue) => `${issue.expression}: ${issue.diagnostics}`),
    );
    expect([...new Set(wrong)]).toEqual([]);
  });

  it('refers only to what came before, each id once', () => {
    const known = new Set<string>();
    const wrong: string[] = [];
    for (const resource of resources) {
      const key = `${resource.resourceType}/${resource.id}`;
      wrong.push(...references(resource).filter((reference) => !known.has(reference)));
      if (known.has(key)) wrong.push(`${key} again`);
      known.add(key);
    }
    expect(wrong).toEqual([]);
  });

  it('is the same for the same seed and another for another', () => {
    expect(house(5)).toEqual(house(5));
    expect(house(5, 'other')[0]).not.toEqual(house(5)[0]);
  });

  it('has the same first patients however many are asked for', () => {
    const few = house(3);
    expect(resources.slice(0, few.length)).toEqual(few);
  });

  it('tells plausible lives: nothing before birth, nothing after the end, no stay that ends before it begins', () => {
    const born = new Map(resources.map(({ id, birthDate }) => [`Patient/${id}`, birthDate]));
    for (const { subject, period } of resources.filter(({ resourceType }) => resourceType === 'Encounter')) {
      const { start, end = start } = period as { start: string; end?: string };
      expect(start >= String(born.get((subject as { reference: string }).reference))).toBe(true);
      expect(start <= end && Date.parse(end) <= demoUntil).toBe(true);
    }
  });

  it('names nobody twice the same', () => {
    const given = resources
      .filter(({ resourceType }) => resourceType === 'Patient')
      .flatMap(({ name }) => (name as { given: string[] }[]).map((each) => each.given));
    expect(given.filter((names) => new Set(names).size < names.length)).toEqual([]);
  });

  it('has every source of the medication history, and people in hospital at the end', () => {
    const types = new Set(resources.map(({ resourceType }) => resourceType));
    for (const kind of ['Request', 'Dispense', 'Administration', 'Statement'])
      expect(types).toContain(`Medication${kind}`);
    const inpatients = resources.filter(
      ({ resourceType, status }) => resourceType === 'Encounter' && status === 'in-progress',
    );
    expect(inpatients.length).toBeGreaterThan(0);
  });
});
