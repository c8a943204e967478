import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, openHouse, type FhirClient, type House, type Json } from '#platform/testing';
import { stayOf, stayWithMedications } from './harness/stay-with-medications.ts';

interface Parameter {
  readonly name: string;
  readonly valueString?: string;
  readonly valueCode?: string;
  readonly valueReference?: { readonly reference: string; readonly display?: string };
  readonly part?: readonly Parameter[];
  readonly resource?: Json;
}

interface Parameters {
  readonly parameter: readonly Parameter[];
}

interface Bundle {
  readonly total?: number;
  readonly entry?: readonly { readonly resource: Json }[];
}

type Decided = readonly [line: string, decision: string, reason?: string, medicationRequest?: object];

describe('the medications of a stay', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
  });
  afterAll(() => house?.stop());

  async function stay(who: string): Promise<void> {
    for (const resource of stayWithMedications(who)) await house.put(resource);
  }

  const path = (who: string) => `Encounter/stay-${who}/$reconcile-medications`;
  const values = ({ parameter }: Parameters, name: string) => parameter.filter((each) => each.name === name);
  const part = (parameter: Parameter, name: string) => parameter.part?.find((each) => each.name === name);

  async function worksheetOf(who: string, client: FhirClient = house.fhir): Promise<Parameters> {
    const { status, body, text } = await client.get<Parameters>(path(who));
    expect([status, text]).toEqual([200, expect.any(String)]);
    return body;
  }

  const linesOf = (worksheet: Parameters) =>
    values(worksheet, 'drug').flatMap((drug) =>
      (drug.part ?? [])
        .filter(({ name }) => name === 'line')
        .map((line) => part(line, 'reference')!.valueReference!.reference),
    );
  const kindsOf = (worksheet: Parameters) =>
    values(worksheet, 'finding')
      .map(
        ({ resource }) =>
          (resource as unknown as { code: { coding: { code: string }[] } }).code.coding[0]!.code,
      )
      .toSorted();

  function decisions(worksheet: Parameters, decided: readonly Decided[]): object {
    return {
      resourceType: 'Parameters',
      parameter: [
        { name: 'worksheet', valueString: values(worksheet, 'worksheet')[0]!.valueString },
        ...decided.map(([line, decision, reason, resource]) => ({
          name: 'decision',
          part: [
            { name: 'line', valueReference: { reference: line } },
            { name: 'decision', valueCode: decision },
            ...(reason === undefined ? [] : [{ name: 'reason', valueString: reason }]),
            ...(resource === undefined ? [] : [{ name: 'medicationRequest', resource }]),
          ],
        })),
      ],
    };
  }

  const allOf = (who: string): Decided[] => [
    [`MedicationStatement/${who}-home`, 'stop', 'Continued in the new dose'],
    [`MedicationStatement/${who}-thyroid`, 'keep'],
    [`MedicationRequest/${who}-beta`, 'keep'],
    [`MedicationRequest/${who}-pain`, 'stop', 'Doubled'],
    [
      `MedicationRequest/${who}-more`,
      'change',
      'Less is enough',
      { resourceType: 'MedicationRequest', medicationCodeableConcept: { text: 'Ibuprofen 200 mg tablet' } },
    ],
    [
      `MedicationRequest/${who}-anti`,
      'substitute',
      'Allergy',
      { resourceType: 'MedicationRequest', medicationCodeableConcept: { text: 'Clarithromycin 500 mg' } },
    ],
  ];

  async function reconciled(who: string): Promise<{ sent: object; answer: Parameters }> {
    const sent = decisions(await worksheetOf(who), allOf(who));
    const { status, body, text } = await house.fhir.post<Parameters>(path(who), sent);
    expect([status, text]).toEqual([200, expect.any(String)]);
    return { sent, answer: body };
  }

  it('are on one worksheet, by drug, with what was found', async () => {
    await stay('w');
    const worksheet = await worksheetOf('w');
    expect(values(worksheet, 'drug').map((drug) => part(drug, 'name')!.valueString)).toEqual([
      'amoxicillin',
      'ibuprofen',
      'levothyroxine',
      'metoprolol',
    ]);
    expect(linesOf(worksheet).toSorted()).toEqual(
      allOf('w')
        .map(([line]) => line)
        .toSorted(),
    );
    expect(kindsOf(worksheet)).toEqual(['allergy', 'changed-dose', 'duplicate', 'omitted-at-discharge']);
    const ibuprofen = values(worksheet, 'drug')[1]!;
    expect(part(part(ibuprofen, 'evidence')!, 'reference')!.valueReference!.reference).toBe(
      'MedicationAdministration/w-given',
    );
    const home = values(worksheet, 'drug')[3]!.part!.find(
      (line) => part(line, 'source')?.name && part(line, 'origin'),
    );
    expect(part(home!, 'origin')!.valueString).toBe('told by Patient/w');
    expect(values(await worksheetOf('w'), 'worksheet')).toEqual(values(worksheet, 'worksheet'));
  });

  it('are compared by what the installation has loaded on drugs', async () => {
    const coded = (code: string) => ({ coding: [{ system: 'urn:drugs', code }] });
    const subject = { reference: 'Patient/k' };
    await house.put({ resourceType: 'Patient', id: 'k' });
    await house.put(stayOf('k', 'in-progress'));
    for (const code of ['brand-a', 'brand-b', 'other'])
      await house.put({
        resourceType: 'MedicationRequest',
        id: `k-${code}`,
        status: 'active',
        intent: 'order',
        subject,
        medicationCodeableConcept: coded(code),
      });
    expect(kindsOf(await worksheetOf('k'))).toEqual([]);
    for (const [code, ingredient] of [
      ['brand-a', 'salt'],
      ['brand-b', 'salt'],
      ['other', 'pepper'],
    ] as const)
      await house.put({
        resourceType: 'MedicationKnowledge',
        id: `knowledge-${code}`,
        code: coded(code),
        ingredient: [{ itemCodeableConcept: coded(ingredient), isActive: true }],
        medicineClassification: [
          { type: { text: 'class' }, classification: [{ coding: [{ system: 'urn:class', code: 'spice' }] }] },
        ],
      });
    expect(kindsOf(await worksheetOf('k'))).toEqual([
      'duplicate',
      'therapeutic-duplicate',
      'therapeutic-duplicate',
    ]);
  });

  it('are reconciled at once: orders, findings, list and provenance', async () => {
    await stay('r');
    const { answer } = await reconciled('r');
    const listed = values(answer, 'listed').map(({ valueReference }) => valueReference!);
    expect(listed.map(({ display }) => display).toSorted()).toEqual([
      'Clarithromycin 500 mg',
      'Ibuprofen 200 mg tablet',
      'Levothyroxine 50 mcg',
      'Metoprolol 100 mg tablet',
    ]);
    const current = await house.fhir.get<Bundle>(
      'MedicationRequest?patient=r&intent=order,plan&status=active',
    );
    expect(
      current.body.entry!.map(({ resource }) => `MedicationRequest/${String(resource['id'])}`).toSorted(),
    ).toEqual(listed.map(({ reference }) => reference).toSorted());
    const stopped = await house.fhir.get<Json>('MedicationRequest/r-pain');
    expect(stopped.body).toMatchObject({ status: 'stopped', statusReason: { text: 'Doubled' } });
    const issues = await house.fhir.get<Bundle>('DetectedIssue?patient=r');
    expect(issues.body.entry).toHaveLength(4);
    for (const { resource } of issues.body.entry!)
      expect(resource).toMatchObject({ status: 'final', mitigation: expect.anything() });
    const list = values(answer, 'list')[0]!.valueReference!.reference;
    await eventually(async () => {
      const { status, body } = await house.fhir.get<Json>(list);
      if (status !== 200) throw new Error('there is no list yet');
      expect(body).toMatchObject({
        status: 'current',
        encounter: { reference: 'Encounter/stay-r' },
        code: { coding: [{ code: '10160-0' }] },
      });
      const { entry } = body as unknown as { entry: { deleted?: boolean; item: { reference: string } }[] };
      expect(entry.map(({ item }) => item.reference).toSorted()).toEqual(
        listed.map(({ reference }) => reference).toSorted(),
      );
    });
    await eventually(async () => {
      const { body } = await house.fhir.get<Bundle>(
        'MedicationRequest?patient=r&_id=r-pain&_revinclude=Provenance:target',
      );
      const provenance = body.entry
        ?.map(({ resource }) => resource)
        .find(({ resourceType }) => resourceType === 'Provenance');
      if (provenance === undefined) throw new Error('there is no provenance yet');
      expect(provenance).toMatchObject({
        reason: [{ text: 'Doubled' }],
        activity: { coding: [{ code: 'stop' }] },
      });
    });
    const provenances = await house.fhir.get<Bundle>('Provenance?patient=r&_summary=count');
    expect(provenances.body.total).toBe(6);
  });

  it('are reconciled once, however often and from however many sides the same is sent', async () => {
    await stay('o');
    const sent = decisions(await worksheetOf('o'), allOf('o'));
    // One after the other a little later, so that some come while the first one is being recorded.
    const answers = await Promise.all(
      Array.from({ length: 12 }, async (_, later) => {
        await setTimeout(later * 6);
        return house.fhir.post<Parameters>(path('o'), sent);
      }),
    );
    const again = await house.fhir.post<Parameters>(path('o'), sent);
    for (const { status, text } of answers) expect([status, text]).toEqual([200, again.text]);
    const history = await house.fhir.get<Bundle>('MedicationRequest/o-pain/_history');
    expect(history.body.entry).toHaveLength(2);
    const requests = await house.fhir.get<Bundle>('MedicationRequest?patient=o&_summary=count');
    expect(requests.body.total).toBe(7);
  });

  it('leave one list and one provenance a line, though parts are killed right after', async () => {
    for (const part of ['transitions', 'privacy', 'medications']) {
      const who = `killed-${part}`;
      await stay(who);
      const { sent, answer } = await reconciled(who);
      await house.kill(part);
      await house.restart(part);
      await eventually(async () => {
        const { body } = await house.fhir.get<Bundle>(`Provenance?patient=${who}&_summary=count`);
        if (body.total !== 6) throw new Error('there are not all provenances yet');
        const list = await house.fhir.get<Bundle>(
          `${values(answer, 'list')[0]!.valueReference!.reference}/_history`,
        );
        if (list.status !== 200) throw new Error('there is no list yet');
        expect(list.body.entry).toHaveLength(1);
      });
      const again = await house.fhir.post<Parameters>(path(who), sent);
      expect([again.status, again.body]).toEqual([200, answer]);
    }
  });

  it('are not reconciled by a worksheet that something has changed', async () => {
    await stay('s');
    const sent = decisions(await worksheetOf('s'), allOf('s'));
    await house.put({
      resourceType: 'MedicationStatement',
      id: 's-new',
      status: 'active',
      subject: { reference: 'Patient/s' },
      medicationCodeableConcept: { text: 'Warfarin' },
    });
    const { status, text } = await house.fhir.post(path('s'), sent);
    expect([status, text]).toEqual([409, expect.stringContaining('Fetch it again')]);
    const { sent: accepted } = await reconciledWith('s', [
      ...allOf('s'),
      ['MedicationStatement/s-new', 'not-taking', 'Never began'],
    ]);
    const fresh = await worksheetOf('s');
    expect(linesOf(fresh)).not.toContain('MedicationRequest/s-pain');
    expect(linesOf(fresh)).not.toContain('MedicationStatement/s-new');
    expect(kindsOf(fresh)).toEqual([]);
    expect((await house.fhir.post(path('s'), accepted)).status).toBe(200);
  });

  async function reconciledWith(who: string, decided: readonly Decided[]): Promise<{ sent: object }> {
    const sent = decisions(await worksheetOf(who), decided);
    const { status, text } = await house.fhir.post(path(who), sent);
    expect([status, text]).toEqual([200, expect.any(String)]);
    return { sent };
  }

  it('are not reconciled in part', async () => {
    await stay('p');
    const worksheet = await worksheetOf('p');
    const { status, text } = await house.fhir.post(path('p'), decisions(worksheet, allOf('p').slice(1)));
    expect([status, text]).toEqual([
      422,
      expect.stringContaining('MedicationStatement/p-home is not decided'),
    ]);
    const wrong = allOf('p').with(5, [
      'MedicationRequest/p-anti',
      'substitute',
      'Allergy',
      {
        resourceType: 'MedicationRequest',
        medicationCodeableConcept: { text: 'x' },
        status: 'active',
        dosageInstruction: 'no list',
      },
    ]);
    expect((await house.fhir.post(path('p'), decisions(worksheet, wrong))).status).toBe(422);
    expect((await house.fhir.get<Json>('MedicationRequest/p-pain')).body).toMatchObject({ status: 'active' });
    expect((await house.fhir.get<Bundle>('DetectedIssue?patient=p&_summary=count')).body.total).toBe(0);
  });

  it('are shown and decided only to and by who may', async () => {
    await stay('c');
    const own = await house.clientWith(['patient/*.cruds'], ['c']);
    expect(linesOf(await worksheetOf('c', own))).toHaveLength(6);
    const other = await house.clientWith(['patient/*.cruds'], ['w']);
    expect((await other.get(path('c'))).status).toBe(404);
    const reader = await house.clientWith(['system/*.rs']);
    const refused = await reader.post(path('c'), decisions(await worksheetOf('c', reader), allOf('c')));
    expect(refused.status).toBe(403);
    expect((await house.fhir.get<Json>('MedicationRequest/c-pain')).body).toMatchObject({ status: 'active' });
    const narrow = await house.clientWith([
      'system/Encounter.r',
      'system/MedicationRequest.rs',
      'system/Medication.r',
    ]);
    const partial = await worksheetOf('c', narrow);
    expect(linesOf(partial).every((line) => line.startsWith('MedicationRequest/'))).toBe(true);
    expect(JSON.stringify(values(partial, 'missing'))).toMatch(/MedicationStatement.*AllergyIntolerance/);
    const nothing = await house.clientWith(['system/Encounter.r']);
    expect((await nothing.get(path('c'))).status).toBe(403);
    expect((await own.post(path('c'), decisions(await worksheetOf('c', own), allOf('c')))).status).toBe(200);
  });

  it('stand in the discharge summary as they were reconciled', async () => {
    await stay('d');
    await reconciled('d');
    await house.put({
      resourceType: 'MedicationRequest',
      id: 'd-late',
      status: 'active',
      intent: 'order',
      subject: { reference: 'Patient/d' },
      medicationCodeableConcept: { text: 'Bisacodyl' },
    });
    await house.put(stayOf('d', 'finished'));
    const section = await dischargeMedicationsOf('d');
    for (const each of ['Clarithromycin 500 mg', 'Ibuprofen 200 mg', 'Levothyroxine', 'Metoprolol 100 mg'])
      expect(section).toContain(each);
    expect(section).not.toContain('Metoprolol 50 mg');
    expect(section).not.toContain('Amoxicillin');
    expect(section).toMatch(/Reconciled on \d{4}-/);
    expect(section).toMatch(/Bisacodyl.*not reconciled/);
  });

  it('say in the discharge summary when nobody reconciled them', async () => {
    await stay('n');
    await house.put(stayOf('n', 'finished'));
    const section = await dischargeMedicationsOf('n');
    expect(section).toContain('No reconciliation of the medications was recorded for this stay');
    expect(section).toContain('Amoxicillin');
  });

  async function dischargeMedicationsOf(who: string): Promise<string> {
    const composition = await eventually(async () => {
      const { body } = await house.fhir.get<Bundle>(`Composition?encounter=Encounter/stay-${who}`);
      if (body.entry === undefined) throw new Error('there is no document yet');
      return body.entry[0]!.resource as unknown as {
        section: { code: { coding: { code: string }[] }; text: { div: string } }[];
      };
    });
    return composition.section.find(({ code }) => code.coding[0]!.code === '10183-2')!.text.div;
  }
});
