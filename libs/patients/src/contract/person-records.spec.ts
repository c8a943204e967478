import { describe, expect, it } from '@jest/globals';
import { localReference } from '#platform/fhir';
import { mostRecords, personRecords, type PatientLookup } from './person-records.ts';

const local = (reference: unknown) => localReference(reference, 'https://own.example/fhir/R4');

function patient(id: string, ...links: readonly (readonly [type: string, other: string])[]) {
  const link = links.map(([type, reference]) => ({ type, other: { reference } }));
  return { resourceType: 'Patient', id, link };
}

function lookup(...patients: readonly ReturnType<typeof patient>[]): PatientLookup {
  const found = (one: { id: string }, references: readonly string[]) =>
    references.includes(`Patient/${one.id}`);
  return {
    localReference: local,
    read: (references) => Promise.resolve(patients.filter((one) => found(one, references))),
    linkingTo: (references) =>
      Promise.resolve(
        patients.filter(({ link }) => link.some(({ other }) => references.includes(other.reference))),
      ),
  };
}

describe('the records of a person', () => {
  it('are one where nobody was merged, also when it cannot be seen', async () => {
    expect(await personRecords('Patient/a', lookup(patient('a')))).toEqual(['Patient/a']);
    expect(await personRecords('Patient/a', lookup())).toEqual(['Patient/a']);
  });

  it('are those of all who were merged into the one who remains, whichever is asked for', async () => {
    const known = lookup(
      patient('old', ['replaced-by', 'Patient/middle']),
      patient('middle', ['replaced-by', 'Patient/now'], ['replaces', 'Patient/old']),
      patient('now', ['replaces', 'Patient/middle']),
      patient('other', ['seealso', 'Patient/now']),
    );
    for (const asked of ['old', 'middle', 'now']) {
      const records = await personRecords(`Patient/${asked}`, known);
      expect(records[0]).toBe('Patient/now');
      expect(records.toSorted()).toEqual(['Patient/middle', 'Patient/now', 'Patient/old']);
    }
  });

  it('are known by a link of one side alone, written by its address too', async () => {
    const byLoser = lookup(patient('old', ['replaced-by', 'Patient/now']), patient('now'));
    expect(await personRecords('Patient/now', byLoser)).toEqual(['Patient/now', 'Patient/old']);
    const bySurvivor = lookup(
      patient('old'),
      patient('now', ['replaces', 'https://own.example/fhir/R4/Patient/old']),
    );
    expect(await personRecords('Patient/now', bySurvivor)).toEqual(['Patient/now', 'Patient/old']);
  });

  it('are not those of who is only related, or of another installation', async () => {
    const known = lookup(
      patient(
        'now',
        ['refer', 'Patient/other'],
        ['seealso', 'Patient/other'],
        ['replaces', 'RelatedPerson/r'],
      ),
      patient('elsewhere', ['replaced-by', 'https://elsewhere.example/fhir/Patient/now']),
    );
    expect(await personRecords('Patient/now', known)).toEqual(['Patient/now']);
  });

  it('end where links lead in a circle', async () => {
    const known = lookup(
      patient('a', ['replaced-by', 'Patient/b'], ['replaces', 'Patient/a'], ['replaces', 'Patient/b']),
      patient('b', ['replaced-by', 'Patient/a'], ['replaces', 'Patient/a']),
    );
    const records = await personRecords('Patient/a', known);
    expect(records.toSorted()).toEqual(['Patient/a', 'Patient/b']);
  });

  it('are refused, not cut off, where there are more than can be one person', async () => {
    const many = Array.from({ length: mostRecords }, (_, at) =>
      patient(`p${at}`, ['replaced-by', 'Patient/now']),
    );
    await expect(personRecords('Patient/now', lookup(patient('now'), ...many))).rejects.toMatchObject({
      kind: 'too-costly',
    });
    const chain = many.map((_, at) => patient(`c${at}`, ['replaced-by', `Patient/c${at + 1}`]));
    await expect(personRecords('Patient/c0', lookup(...chain))).rejects.toMatchObject({ kind: 'too-costly' });
  });
});
