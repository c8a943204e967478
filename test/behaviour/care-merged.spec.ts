import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, openHouse, type House, type Json } from '#platform/testing';

interface Bundle {
  readonly total?: number;
  readonly entry?: readonly { readonly resource: Json }[];
}

/** What was recorded under the number that a merge took away is the patient's all the same. */
describe('a patient who was merged', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
  });
  afterAll(() => house?.stop());

  async function found(query: string): Promise<readonly Json[]> {
    const { body } = await house.fhir.get<Bundle>(query);
    return (body.entry ?? []).map(({ resource }) => resource);
  }

  const person = (id: string, more: object = {}): Json => ({
    resourceType: 'Patient',
    id,
    name: [{ family: 'Merged' }],
    ...more,
  });
  const link = (type: string, other: string) => ({
    link: [{ type, other: { reference: `Patient/${other}` } }],
  });
  const encounter = (who: string, status: string): Json => ({
    resourceType: 'Encounter',
    id: `${who}-stay`,
    status,
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
    subject: { reference: `Patient/${who}-now` },
    period: { start: '2026-03-02T08:00:00Z' },
  });

  /** Both records, what was recorded under the old one, the merge, and a stay since then. */
  async function merged(who: string): Promise<void> {
    const subject = { reference: `Patient/${who}-old` };
    const practice = { reference: `Organization/${who}-practice` };
    await house.put(
      { resourceType: 'Organization', id: `${who}-practice`, name: 'Home care' },
      person(`${who}-old`),
      person(`${who}-now`),
      { resourceType: 'AllergyIntolerance', id: `${who}-a`, code: { text: 'Penicillin' }, patient: subject },
      {
        resourceType: 'MedicationRequest',
        id: `${who}-r`,
        status: 'active',
        intent: 'order',
        medicationCodeableConcept: { text: 'Warfarin 5 mg' },
        subject,
      },
      {
        resourceType: 'CareTeam',
        id: `${who}-t`,
        status: 'active',
        subject,
        participant: [{ member: practice }],
      },
      person(`${who}-old`, { active: false, ...link('replaced-by', `${who}-now`) }),
      person(`${who}-now`, link('replaces', `${who}-old`)),
    );
  }

  async function dischargeNotice(who: string): Promise<Json> {
    await house.put(encounter(who, 'in-progress'), encounter(who, 'finished'));
    return eventually(async () => {
      const communications = await found(`Communication?encounter=Encounter/${who}-stay`);
      const notice = communications.find((each) => JSON.stringify(each['topic']).includes('"discharge"'));
      if (notice === undefined) throw new Error('nobody is told yet');
      return notice;
    });
  }

  it('is discharged with what stands under the old record, and the care team of then is told', async () => {
    await merged('merged-1');
    const notice = await dischargeNotice('merged-1');
    expect(notice).toMatchObject({ recipient: [{ reference: 'Organization/merged-1-practice' }] });
    const [composition] = await eventually(async () => {
      const compositions = await found('Composition?encounter=Encounter/merged-1-stay');
      if (compositions.length === 0) throw new Error('there is no document yet');
      return compositions;
    });
    const sections = composition!['section'] as { readonly entry?: { readonly reference: string }[] }[];
    const entries = sections.flatMap(({ entry }) => entry ?? []).map(({ reference }) => reference);
    expect(entries).toEqual(
      expect.arrayContaining(['AllergyIntolerance/merged-1-a', 'MedicationRequest/merged-1-r']),
    );
  });

  it('is not told of where they objected under the old record', async () => {
    await merged('merged-2');
    await house.put({
      resourceType: 'Consent',
      id: 'merged-2-c',
      status: 'active',
      scope: { coding: [{ code: 'patient-privacy' }] },
      category: [{ text: 'Privacy' }],
      policyRule: { coding: [{ code: 'OPTOUT' }] },
      patient: { reference: 'Patient/merged-2-old' },
    });
    expect(await dischargeNotice('merged-2')).toMatchObject({
      status: 'not-done',
      statusReason: { coding: [{ code: 'patient-objection' }] },
    });
  });

  it('has one medication history and one worksheet, as far as the caller may see', async () => {
    await merged('merged-3');
    await house.put(encounter('merged-3', 'in-progress'));
    const order = 'MedicationRequest/merged-3-r';
    for (const record of ['old', 'now']) {
      const { body, text } = await house.fhir.get<Bundle>(`Patient/merged-3-${record}/$medication-history`);
      expect([body.total, text]).toEqual([1, expect.stringContaining(order)]);
    }
    const { text: worksheet } = await house.fhir.get('Encounter/merged-3-stay/$reconcile-medications');
    expect(worksheet).toContain(order);

    const narrow = await house.clientWith(['patient/*.rs'], ['merged-3-now']);
    const { body, text } = await narrow.get<Bundle>('Patient/merged-3-now/$medication-history');
    expect(body.total).toBeUndefined();
    expect(text).not.toContain(order);
    expect(text).toContain('Without what stands under Patient/merged-3-old');
  });
});
