import { describe, expect, it } from '@jest/globals';
import { localReference } from '#platform/fhir';
import { fact, type Fact } from './fact.ts';
import { addresseesOf, candidatesOf, type Addressee, type Content } from './recipients.ts';

const moment = Date.UTC(2026, 2, 9);
const local = (reference: unknown) => localReference(reference, 'https://own.example/fhir/R4');

function facts(...resources: object[]): Fact[] {
  return resources.map((resource) => fact(JSON.stringify(resource)));
}

function directory(...resources: object[]): ReadonlyMap<string, Fact> {
  return new Map(facts(...resources).map((one) => [`${one.type}/${one.id}`, one]));
}

const endpoint = (id: string, more: object = {}) => ({
  resourceType: 'Endpoint',
  id,
  status: 'active',
  connectionType: { code: 'hl7-fhir-rest' },
  ...more,
});
const at = (id: string) => ({ endpoint: [{ reference: `Endpoint/${id}` }] });
const organization = (id: string, more: object = {}) => ({ resourceType: 'Organization', id, ...more });
const role = (id: string, more: object = {}) => ({
  resourceType: 'PractitionerRole',
  id,
  practitioner: { reference: 'Practitioner/gp' },
  ...more,
});

function patientOf(...references: (string | object)[]): Fact {
  const generalPractitioner = references.map((one) => (typeof one === 'string' ? { reference: one } : one));
  return facts({ resourceType: 'Patient', id: 'p', generalPractitioner })[0]!;
}

const stay = (more: object = {}) => facts({ resourceType: 'Encounter', id: 'e', ...more })[0]!;
const team = (...participant: object[]) => facts({ resourceType: 'CareTeam', id: 't', participant });

function told(
  known: ReadonlyMap<string, Fact>,
  patient: Fact,
  {
    encounter = stay(),
    careTeams = [] as Fact[],
    merged = [] as Fact[],
    treating = [] as string[],
    content = 'document' as Content,
  } = {},
): readonly Addressee[] {
  return addresseesOf(
    candidatesOf([patient, ...merged], encounter, careTeams, { at: moment, local }),
    known,
    treating,
    local,
    content,
  );
}

const endpoints = (addressees: readonly Addressee[]) => addressees.map((one) => one.endpoint);

describe('who is told', () => {
  it('is the practitioner, reached where they work: by the role, else by its organization, else by what that belongs to', () => {
    const gp = { resourceType: 'Practitioner', id: 'gp' };
    const atPractice = role('r', { organization: { reference: 'Organization/practice' } });
    const group = organization('group', at('group'));
    const practice = organization('practice', {
      partOf: { reference: 'Organization/group' },
      ...at('practice'),
    });
    const own = endpoint('role');
    const ends = [own, endpoint('practice'), endpoint('group')];
    const patient = patientOf('Practitioner/gp');
    expect(
      endpoints(told(directory(gp, { ...atPractice, ...at('role') }, practice, group, ...ends), patient)),
    ).toEqual(['role']);
    expect(endpoints(told(directory(gp, atPractice, practice, group, ...ends), patient))).toEqual([
      'practice',
    ]);
    const mute = organization('practice', { partOf: { reference: 'Organization/group' } });
    expect(endpoints(told(directory(gp, atPractice, mute, group, ...ends), patient))).toEqual(['group']);
  });

  it('is reached at the Endpoint that takes what is told, and by HL7 v2 where there is no other', () => {
    const known = directory(
      organization('all', {
        endpoint: ['v2', 'documents', 'messages'].map((id) => ({ reference: `Endpoint/${id}` })),
      }),
      organization('v2-only', at('v2')),
      organization('documents-only', at('documents')),
      endpoint('v2', { connectionType: { code: 'hl7v2-mllp' } }),
      endpoint('documents', { connectionType: { code: 'hl7-fhir-rest' } }),
      endpoint('messages', { connectionType: { code: 'hl7-fhir-msg' } }),
    );
    const reached = (organizationId: string, content: Content) =>
      endpoints(told(known, patientOf(`Organization/${organizationId}`), { content }));
    expect(reached('all', 'notification')).toEqual(['messages']);
    expect(reached('all', 'document')).toEqual(['documents']);
    expect(reached('v2-only', 'notification')).toEqual(['v2']);
    expect(reached('v2-only', 'document')).toEqual(['v2']);
    expect(reached('documents-only', 'notification')).toEqual([undefined]);
  });

  it('is one who is reached where another is, together with them', () => {
    const known = directory(
      role('r', { organization: { reference: 'Organization/practice' } }),
      organization('practice', { name: 'Practice', ...at('practice') }),
      endpoint('practice'),
    );
    const [addressee, ...others] = told(
      known,
      patientOf('PractitionerRole/r', 'https://own.example/fhir/R4/Organization/practice'),
    );
    expect(others).toEqual([]);
    expect(addressee).toMatchObject({
      endpoint: 'practice',
      recipients: [
        { reference: 'PractitionerRole/r' },
        { reference: 'Organization/practice', display: 'Practice' },
      ],
    });
    expect(addressee?.known).toEqual(expect.arrayContaining(['PractitionerRole/r', 'Organization/practice']));
  });

  it('is somebody who cannot be reached too, each by themselves, so that it can be said', () => {
    const known = directory(
      organization('off', at('off')),
      endpoint('off', { status: 'off' }),
      organization('direct', at('direct')),
      endpoint('direct', { connectionType: { code: 'direct-project' } }),
      organization('gone', { active: false, ...at('fine') }),
      endpoint('fine'),
    );
    const elsewhere = { display: 'Dr Who', identifier: { value: '4711' } };
    const addressees = told(
      known,
      patientOf(
        'Organization/off',
        'Organization/direct',
        'Organization/gone',
        'Organization/lost',
        elsewhere,
      ),
    );
    expect(endpoints(addressees)).toEqual([undefined, undefined, undefined, undefined, undefined]);
    expect(addressees.at(-1)?.recipients).toEqual([{ identifier: { value: '4711' }, display: 'Dr Who' }]);
    expect(new Set(addressees.map(({ key }) => key)).size).toBe(5);
  });

  it('is the care team now, but not the patient, relatives, and who treats in this stay', () => {
    const known = directory(
      organization('home-care', at('home-care')),
      endpoint('home-care'),
      organization('hospital', at('hospital')),
      endpoint('hospital'),
      role('ward', { organization: { reference: 'Organization/hospital' } }),
    );
    const careTeams = team(
      { member: { reference: 'Practitioner/nurse' }, onBehalfOf: { reference: 'Organization/home-care' } },
      { member: { reference: 'Organization/former' }, period: { end: '2020-01-01' } },
      { member: { reference: 'Patient/p' } },
      { member: { reference: 'RelatedPerson/r' } },
      { member: { reference: 'PractitionerRole/ward' } },
      { member: { reference: 'Organization/hospital' } },
    );
    const addressees = told(known, patientOf(), { careTeams, treating: ['Organization/hospital'] });
    expect(addressees).toMatchObject([
      { endpoint: 'home-care', recipients: [{ reference: 'Practitioner/nurse' }] },
    ]);
  });

  it('is a member of the care team whose planned end is to come, and not one whose time has not begun', () => {
    const member = (id: string, period: object) => ({ member: { reference: `Organization/${id}` }, period });
    const careTeams = team(
      member('until-a-day-to-come', { start: '2026-01-01', end: '2099-12-31' }),
      member('until-today', { end: '2026-03-09' }),
      member('until-this-year-ends', { end: '2026' }),
      member('until-yesterday', { end: '2026-03-08' }),
      member('from-tomorrow', { start: '2026-03-10' }),
    );
    const addressees = told(directory(), patientOf(), { careTeams });
    expect(addressees.flatMap(({ recipients }) => recipients)).toEqual(
      ['until-a-day-to-come', 'until-today', 'until-this-year-ends'].map((id) => ({
        reference: `Organization/${id}`,
      })),
    );
  });

  it('is the general practitioner also when they treat the patient in this stay', () => {
    const known = directory(organization('hospital', at('hospital')), endpoint('hospital'));
    const treating = ['Organization/hospital'];
    expect(endpoints(told(known, patientOf('Organization/hospital'), { treating }))).toEqual(['hospital']);
  });

  it('is the general practitioner whom a record names that was merged into this one, where this one names none', () => {
    const merged = [patientOf('Organization/former')];
    const recipientsOf = (addressees: readonly Addressee[]) => addressees.flatMap((one) => one.recipients);
    expect(recipientsOf(told(directory(), patientOf(), { merged }))).toEqual([
      { reference: 'Organization/former' },
    ]);
    expect(recipientsOf(told(directory(), patientOf('Organization/now'), { merged }))).toEqual([
      { reference: 'Organization/now' },
    ]);
  });

  it('is where the patient comes from and goes to, a place standing for who manages it', () => {
    const known = directory(
      { resourceType: 'Location', id: 'wing', managingOrganization: { reference: 'Organization/nursing' } },
      organization('nursing', { name: 'Nursing home', ...at('nursing') }),
      endpoint('nursing'),
      organization('rehab', at('rehab')),
      endpoint('rehab', { connectionType: { code: 'hl7v2-mllp' } }),
    );
    const encounter = stay({
      hospitalization: {
        origin: { reference: 'Location/wing' },
        destination: { reference: 'Organization/rehab' },
      },
    });
    expect(told(known, patientOf(), { encounter })).toMatchObject([
      { endpoint: 'nursing', recipients: [{ reference: 'Organization/nursing', display: 'Nursing home' }] },
      { endpoint: 'rehab', recipients: [{ reference: 'Organization/rehab' }] },
    ]);
  });
});
