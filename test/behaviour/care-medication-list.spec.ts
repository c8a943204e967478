import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openHouse, type House, type Json } from '#platform/testing';

interface Bundle {
  readonly total?: number;
  readonly link: readonly { readonly relation: string; readonly url: string }[];
  readonly entry?: readonly { readonly resource: Json; readonly search: { readonly mode: string } }[];
}

/** https://hl7.org/fhir/us/core/STU7/medication-list.html: one query gives all of a patient's medications, and nothing else. */
describe('the medication list of US Core', () => {
  let house: House;
  const subject = { reference: 'Patient/ada' };
  const encounter = { reference: 'Encounter/stay' };
  const request = (id: string, more: object) => ({
    resourceType: 'MedicationRequest',
    id,
    status: 'active',
    intent: 'order',
    subject,
    medicationCodeableConcept: { text: id },
    ...more,
  });

  beforeAll(async () => {
    house = await openHouse();
    const resources: Json[] = [
      { resourceType: 'Medication', id: 'digoxin', code: { text: 'Digoxin' } },
      request('ordered', { encounter }),
      request('ordered-there', {
        medicationCodeableConcept: undefined,
        medicationReference: { reference: 'Medication/digoxin' },
      }),
      request('told', { intent: 'plan', reportedBoolean: true }),
      request('told-by-her', { intent: 'plan', reportedReference: subject }),
      request('ended', { status: 'stopped', encounter }),
      request('proposed', { intent: 'proposal' }),
      request('instance', { intent: 'instance-order' }),
      request('of-another', { subject: { reference: 'Patient/eve' } }),
      { ...request('stated', {}), resourceType: 'MedicationStatement', intent: undefined },
      ...Array.from({ length: 25 }, (_, at) =>
        request(`many-${at}`, { subject: { reference: 'Patient/many' }, intent: at % 2 ? 'order' : 'plan' }),
      ),
    ];
    await house.put(...resources);
  });
  afterAll(() => house?.stop());

  async function found(query: string) {
    const { status, body } = await house.fhir.get<Bundle>(`MedicationRequest?${query}`);
    expect(status).toBe(200);
    const ids = (mode: string) =>
      (body.entry ?? [])
        .filter(({ search }) => search.mode === mode)
        .map(({ resource }) => String(resource['id']))
        .toSorted();
    return { matches: ids('match'), included: ids('include') };
  }

  it.each([
    ['patient=ada&intent=order,plan', ['ended', 'ordered', 'ordered-there', 'told', 'told-by-her']],
    [
      'patient=Patient/ada&intent=order,plan&status=active',
      ['ordered', 'ordered-there', 'told', 'told-by-her'],
    ],
    ['patient=ada&intent=order,plan&encounter=stay', ['ended', 'ordered']],
    ['patient=ada&intent=order,plan&encounter=Encounter/stay&status=active', ['ordered']],
    ['patient=ada&intent=plan', ['told', 'told-by-her']],
    [
      'patient=ada&intent=http://hl7.org/fhir/CodeSystem/medicationrequest-intent|order',
      ['ended', 'ordered', 'ordered-there'],
    ],
    ['patient=ada&intent=order,plan&status=on-hold', []],
  ])('is exactly what %s says', async (query, expected) => {
    expect(await found(query)).toEqual({ matches: expected, included: [] });
  });

  it('brings along the medications that are told by reference', async () => {
    const { matches, included } = await found(
      'patient=ada&intent=order,plan&status=active&_include=MedicationRequest:medication',
    );
    expect(matches).toHaveLength(4);
    expect(included).toEqual(['digoxin']);
  });

  it('marks what others reported', async () => {
    const { body } = await house.fhir.get<Bundle>('MedicationRequest?patient=ada&intent=plan');
    for (const { resource } of body.entry!)
      expect(resource['reportedBoolean'] ?? resource['reportedReference']).toBeTruthy();
  });

  it('is complete, each order once, over all its pages', async () => {
    const seen: string[] = [];
    let address: string | undefined = 'MedicationRequest?patient=many&intent=order,plan&_count=10';
    while (address !== undefined) {
      const { body }: { body: Bundle } = await house.fhir.get<Bundle>(address);
      seen.push(...(body.entry ?? []).map(({ resource }) => String(resource['id'])));
      address = body.link.find(({ relation }) => relation === 'next')?.url;
      expect(seen.length).toBeLessThanOrEqual(25);
    }
    expect(new Set(seen).size).toBe(25);
    expect(seen).toHaveLength(25);
  });

  it('is as complete for who is confined to the patient, and empty of others', async () => {
    const confined = await house.clientWith(['patient/MedicationRequest.rs'], ['ada']);
    const { body } = await confined.get<Bundle>('MedicationRequest?patient=ada&intent=order,plan');
    expect(body.entry).toHaveLength(5);
    expect(
      (await confined.get<Bundle>('MedicationRequest?patient=many&intent=order,plan')).body.entry ?? [],
    ).toEqual([]);
  });
});
