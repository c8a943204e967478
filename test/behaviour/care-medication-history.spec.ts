import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openHouse, type House, type Json } from '#platform/testing';

interface HistoryBundle {
  readonly total?: number;
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
  readonly entry: readonly {
    readonly fullUrl?: string;
    readonly resource: Json;
    readonly search: { readonly mode: string };
  }[];
}

interface HistoryList {
  readonly entry: readonly {
    readonly flag: { readonly coding: readonly { readonly code: string }[] };
    readonly item: { readonly reference: string; readonly display: string };
  }[];
}

describe('the medication history of a patient', () => {
  let house: House;
  const subject = { reference: 'Patient/history' };
  const aspirin = { medicationReference: { reference: 'Medication/aspirin' } };
  const sources = [
    { resourceType: 'Medication', id: 'aspirin', code: { text: 'Aspirin 100 mg' } },
    {
      resourceType: 'MedicationRequest',
      id: 'r',
      status: 'active',
      intent: 'order',
      authoredOn: '2026-03-01',
      subject,
      ...aspirin,
    },
    {
      resourceType: 'MedicationDispense',
      id: 'd',
      status: 'completed',
      whenHandedOver: '2026-03-02T10:00:00Z',
      subject,
      ...aspirin,
    },
    {
      resourceType: 'MedicationAdministration',
      id: 'a',
      status: 'completed',
      effectiveDateTime: '2026-03-02T11:00:00+02:00',
      subject,
      ...aspirin,
    },
    {
      resourceType: 'MedicationStatement',
      id: 's',
      status: 'active',
      effectivePeriod: { start: '2025' },
      subject,
      ...aspirin,
    },
    {
      resourceType: 'MedicationStatement',
      id: 'other',
      status: 'active',
      subject: { reference: 'Patient/other' },
      ...aspirin,
    },
  ];
  const inOrder = [
    'MedicationDispense/d',
    'MedicationAdministration/a',
    'MedicationRequest/r',
    'MedicationStatement/s',
  ];

  beforeAll(async () => {
    house = await openHouse();
    await house.put(...sources);
  });
  afterAll(() => house?.stop());

  function linesOf(bundle: HistoryBundle) {
    const [list, ...matches] = bundle.entry;
    return {
      list: list!.resource as unknown as HistoryList,
      matches: matches.map(({ resource }) => resource),
    };
  }

  it('is one list over four sources, newest first, each line naming its source', async () => {
    const { status, body } = await house.fhir.get<HistoryBundle>('Patient/history/$medication-history');
    expect(status).toBe(200);
    const { list, matches } = linesOf(body);
    expect(list.entry.map(({ item }) => item.reference)).toEqual(inOrder);
    expect(list.entry.map(({ flag }) => flag.coding[0]!.code)).toEqual([
      'dispense',
      'administration',
      'request',
      'statement',
    ]);
    expect(list.entry[0]!.item.display).toBe('Dispensed: Aspirin 100 mg (completed)');
    expect(matches.map(({ resourceType, id }) => `${String(resourceType)}/${String(id)}`)).toEqual(inOrder);
    expect(body.total).toBe(4);
  });

  it('comes in pages that fit together', async () => {
    const seen: string[] = [];
    let address: string | undefined = 'Patient/history/$medication-history?_count=1';
    while (address !== undefined) {
      const { body }: { body: HistoryBundle } = await house.fhir.get<HistoryBundle>(address);
      seen.push(...linesOf(body).list.entry.map(({ item }) => item.reference));
      address = body.link?.find(({ relation }) => relation === 'next')?.url;
      expect(seen.length).toBeLessThanOrEqual(4);
    }
    expect(seen).toEqual(inOrder);
  });

  it('gives its resources and pages the addresses that they have', async () => {
    const { body } = await house.fhir.get<HistoryBundle>('Patient/history/$medication-history?_count=1');
    const base = `${house.publicUrl}/fhir/R4`;
    for (const { url } of body.link!)
      expect(url).toMatch(`${base}/Patient/history/$medication-history?_count=1`);
    expect(body.entry!.map(({ fullUrl }) => fullUrl)).toEqual([undefined, `${base}/${inOrder[0]!}`]);
  });

  it('shows what the caller may read, and says what it leaves out', async () => {
    const narrow = await house.clientWith(['system/MedicationRequest.rs', 'system/Medication.r']);
    const { status, body } = await narrow.get<HistoryBundle>('Patient/history/$medication-history');
    expect(status).toBe(200);
    const orders = inOrder.filter((reference) => reference.startsWith('MedicationRequest/'));
    expect(linesOf(body).list.entry.map(({ item }) => item.reference)).toEqual(orders);
    expect(body.total).toBeUndefined();
    expect(body.entry!.at(-1)!.resource).toMatchObject({
      resourceType: 'OperationOutcome',
      issue: [
        {
          code: 'suppressed',
          diagnostics: expect.stringContaining(
            'MedicationDispense, MedicationAdministration, MedicationStatement, Patient from it',
          ),
        },
      ],
    });
    const nothing = await house.clientWith(['system/Patient.rs']);
    expect((await nothing.get('Patient/history/$medication-history')).status).toBe(403);
  });

  it('is shown only to who may see the patient', async () => {
    const other = await house.clientWith(['patient/*.rs'], ['other']);
    const { body } = await other.get<HistoryBundle>('Patient/history/$medication-history');
    expect(body.total).toBe(0);
  });

  it('refuses a parameter it does not know, by its name', async () => {
    const { status, text } = await house.fhir.get('Patient/history/$medication-history?color=red');
    expect(status).toBe(400);
    expect(text).toContain('color');
  });
});
