import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, openHouse, type House, type Json } from '#platform/testing';
import { noticesOfStay } from './harness/notices-of-stay.ts';

interface Bundle {
  readonly id: string;
  readonly type: string;
  readonly entry?: readonly { readonly fullUrl?: string; readonly resource: Json }[];
}

interface Section {
  readonly title: string;
  readonly code: { readonly coding: readonly { readonly code: string }[] };
  readonly text: { readonly div: string };
  readonly entry?: readonly { readonly reference: string }[];
  readonly emptyReason?: object;
}

describe('a stay in hospital', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
  });
  afterAll(() => house?.stop());

  function encounter(id: string, patient: string, status: string): Json {
    return {
      resourceType: 'Encounter',
      id,
      status,
      class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
      subject: { reference: `Patient/${patient}` },
      participant: [{ individual: { reference: 'Practitioner/stern' } }],
      period: {
        start: '2026-03-02T08:00:00Z',
        ...(status === 'finished' ? { end: '2026-03-09T10:00:00Z' } : {}),
      },
    };
  }

  async function stay(id: string, patient: string): Promise<void> {
    const about = { subject: { reference: `Patient/${patient}` } };
    const during = { ...about, encounter: { reference: `Encounter/${id}` } };
    const heparin = { medicationCodeableConcept: { text: 'Heparin <5000 units>' } };
    await house.put({
      resourceType: 'Practitioner',
      id: 'stern',
      name: [{ family: 'Stern', given: ['Eva'], prefix: ['Dr.'] }],
    });
    await house.put({
      resourceType: 'Patient',
      id: patient,
      name: [{ family: 'Okafor', given: ['Ada'] }],
      birthDate: '1954-03-02',
    });
    await house.put(encounter(id, patient, 'in-progress'));
    await house.put({
      resourceType: 'Condition',
      id: `${id}-c`,
      code: { text: 'Pulmonary embolism' },
      ...during,
    });
    await house.put({ resourceType: 'Condition', id: `${id}-old`, code: { text: 'Another stay' }, ...about });
    const order = {
      resourceType: 'MedicationRequest',
      status: 'active',
      intent: 'order',
      authoredOn: '2026-03-02T09:00:00Z',
    };
    await house.put({ ...order, id: `${id}-r`, ...heparin, ...during });
    const given = {
      resourceType: 'MedicationAdministration',
      status: 'completed',
      context: during.encounter,
    };
    for (const [index, time] of ['2026-03-02T10:00:00Z', '2026-03-03T10:00:00Z'].entries()) {
      await house.put({ ...given, id: `${id}-a${index}`, effectiveDateTime: time, ...heparin, ...about });
    }
  }

  async function documentsOf(id: string): Promise<readonly Json[]> {
    const { status, body } = await house.fhir.get<Bundle>(`DocumentReference?encounter=Encounter/${id}`);
    if (status !== 200) throw new Error(`DocumentReference search answers ${status}`);
    return (body.entry ?? [])
      .map(({ resource }) => resource)
      .filter(({ resourceType }) => resourceType === 'DocumentReference');
  }

  async function documentOf(id: string): Promise<Bundle> {
    const [reference] = await eventually(async () => {
      const documents = await documentsOf(id);
      if (documents.length === 0) throw new Error('there is no document yet');
      return documents;
    });
    const { content } = reference as unknown as { content: { attachment: { url: string } }[] };
    const { body } = await house.fhir.get<Bundle>(content[0]!.attachment.url);
    return body;
  }

  it('ends in a discharge summary that is put together from four contexts', async () => {
    await stay('stay-1', 'ada-1');
    expect(await documentsOf('stay-1')).toEqual([]);
    await house.put(encounter('stay-1', 'ada-1', 'finished'));
    const document = await documentOf('stay-1');
    const [composition, ...others] = document.entry!.map(({ resource }) => resource);
    expect(document.type).toBe('document');
    expect(composition).toMatchObject({
      resourceType: 'Composition',
      type: { coding: [{ system: 'http://loinc.org', code: '18842-5' }] },
      subject: { reference: 'Patient/ada-1' },
      encounter: { reference: 'Encounter/stay-1' },
    });
    const keys = others.map(({ resourceType, id }) => `${String(resourceType)}/${String(id)}`);
    expect(keys.toSorted()).toEqual(
      [
        'Condition/stay-1-c',
        'Encounter/stay-1',
        'MedicationAdministration/stay-1-a0',
        'MedicationAdministration/stay-1-a1',
        'MedicationRequest/stay-1-r',
        'Patient/ada-1',
        'Practitioner/stern',
      ].toSorted(),
    );
    const sections = composition!['section'] as Section[];
    const section = (code: string) => sections.find((each) => each.code.coding[0]!.code === code)!;
    expect(section('11535-2').text.div).toContain('Pulmonary embolism');
    expect(section('10183-2').text.div).toContain('Heparin &lt;5000 units&gt;');
    expect(section('29549-3').entry).toHaveLength(2);
    expect(section('48765-2')).toMatchObject({ emptyReason: { coding: [{ code: 'unavailable' }] } });
    expect(section('48765-2').text.div).toContain('No allergy is recorded');
  });

  it('has one document, though every part of the house is killed around the discharge', async () => {
    for (const [index, part] of ['transitions', 'medications', 'encounters'].entries()) {
      const id = `killed-${index}`;
      await stay(id, `ada-killed-${index}`);
      await house.put(encounter(id, `ada-killed-${index}`, 'finished'));
      await sleep(index * 15);
      await house.kill(part);
      await house.restart(part);
    }
    for (const id of ['killed-0', 'killed-1', 'killed-2']) {
      const document = await documentOf(id);
      expect(
        document.entry!.filter(({ resource }) => resource['resourceType'] === 'MedicationAdministration'),
      ).toHaveLength(2);
      expect(await documentsOf(id)).toHaveLength(1);
    }
  });

  it('has one document, made when transitions is back, though it was away at the discharge', async () => {
    await stay('away', 'ada-away');
    await house.kill('transitions');
    // Where transitions took everything else with it, the discharge is told again until the house is back.
    const discharge = eventually(() => house.put(encounter('away', 'ada-away', 'finished')));
    await Promise.race([discharge, sleep(3_000)]);
    await house.restart('transitions');
    await discharge;
    await documentOf('away');
    expect(await documentsOf('away')).toHaveLength(1);
    const { body } = await house.fhir.get<Json>(`Composition?encounter=Encounter/away`);
    expect((body as unknown as Bundle).entry).toHaveLength(1);
  });

  it('has a document that was a mistake when the stay was one, once, though parts are killed meanwhile', async () => {
    for (const part of ['none', 'transitions', 'encounters']) {
      const id = `mistaken-${part}`;
      await stay(id, `ada-${id}`);
      await house.put(encounter(id, `ada-${id}`, 'finished'));
      const document = await documentOf(id);
      await house.put(encounter(id, `ada-${id}`, 'entered-in-error'));
      if (part !== 'none') {
        await house.kill(part);
        await house.restart(part);
      }
      const reference = await eventually(async () => {
        const [found] = await documentsOf(id);
        if (found?.['status'] === 'current') throw new Error('the document still stands');
        return found!;
      });
      expect(reference).toMatchObject({ status: 'entered-in-error', docStatus: 'entered-in-error' });
      const { body } = await house.fhir.get<Bundle>(`Composition?encounter=Encounter/${id}`);
      const composition = body.entry![0]!.resource;
      expect(composition).toMatchObject({ status: 'entered-in-error' });
      expect(await documentOf(id)).toEqual(document);
      for (const { resourceType, id: key } of [reference, composition]) {
        const history = await house.fhir.get<Bundle>(`${String(resourceType)}/${String(key)}/_history`);
        expect(history.body.entry).toHaveLength(2);
      }
    }
  });

  it('has no document while its discharge is called off, and another one that replaces it once it ends again', async () => {
    await stay('again', 'ada-again');
    await house.put(encounter('again', 'ada-again', 'finished'));
    await documentOf('again');
    await house.put(encounter('again', 'ada-again', 'in-progress'));
    await eventually(async () => {
      const [found] = await documentsOf('again');
      if (found?.['status'] !== 'entered-in-error') throw new Error('the document still stands');
    });
    await house.put(encounter('again', 'ada-again', 'finished'));
    const [former, current] = await eventually(async () => {
      const found = await documentsOf('again');
      expect(found.map(({ status }) => status).toSorted()).toEqual(['current', 'entered-in-error']);
      return found.toSorted((a, b) => String(b['status']).localeCompare(String(a['status'])));
    });
    expect(current).toMatchObject({
      relatesTo: [{ code: 'replaces', target: { reference: `DocumentReference/${String(former!['id'])}` } }],
    });
    expect(current!['masterIdentifier']).not.toEqual(former!['masterIdentifier']);
  });

  it('has a document that its composition leads to, as it was made', async () => {
    await stay('led', 'ada-led');
    await house.put(encounter('led', 'ada-led', 'finished'));
    const made = await documentOf('led');
    const { id } = made.entry![0]!.resource;
    for (const persist of ['', '?persist=true']) {
      const { status, body } = await house.fhir.get<Bundle>(`Composition/${String(id)}/$document${persist}`);
      expect([status, body]).toEqual([200, made]);
    }
    const herself = await house.clientWith(['patient/*.rs'], ['ada-led']);
    const another = await house.clientWith(['patient/*.rs'], ['ada-1']);
    for (const address of [`Bundle/${made.id}`, `Composition/${String(id)}/$document`]) {
      const [hers, others] = [await herself.get<Bundle>(address), await another.get(address)];
      expect([hers.status, hers.body, others.status]).toEqual([200, made, 404]);
    }
    const asked = await house.fhir.get(`Composition/${String(id)}/$document?graph=x`);
    expect(asked.status).toBe(400);
    const composition = { ...made.entry![0]!.resource, id: 'written-elsewhere' };
    await house.put(composition);
    expect((await house.fhir.get('Composition/written-elsewhere/$document')).status).toBe(404);
    const reader = await house.clientWith(['system/Composition.rs']);
    expect((await reader.get(`Composition/${String(id)}/$document`)).status).toBe(403);
  });

  it('has a document that nobody else changes, and no other is taken for it, whatever that says of itself', async () => {
    await stay('ours', 'ada-ours');
    await house.put(encounter('ours', 'ada-ours', 'finished'));
    const bundle = await documentOf('ours');
    const [reference] = await documentsOf('ours');
    const composition = (await house.fhir.get<Bundle>('Composition?encounter=Encounter/ours')).body;
    for (const made of [bundle as unknown as Json, reference!, composition.entry![0]!.resource]) {
      const address = `${String(made['resourceType'])}/${String(made['id'])}`;
      const changed = { ...made, language: 'de' };
      const put = { method: 'PUT', url: address };
      const bundleOf = (type: string) => ({
        resourceType: 'Bundle',
        type,
        entry: [{ resource: changed, request: put }],
      });
      const answers = [
        await house.fhir.put<Json>(address, changed),
        await house.fhir.delete<Json>(address),
        await house.fhir.post<Json>('', bundleOf('transaction')),
      ];
      for (const { status, body, text } of answers) {
        expect([address, status, body['resourceType']]).toEqual([address, 403, 'OperationOutcome']);
        expect(text).toContain('under another id');
      }
      const imported = await house.fhir.post('$import', bundleOf('collection'));
      expect(imported.text).toContain('under another id');
      expect((await house.fhir.get(address)).body).toEqual(made);
    }
    await house.put({ ...reference!, id: 'copied' });
    await house.put(encounter('ours', 'ada-ours', 'in-progress'));
    await eventually(async () => {
      const statuses = (await documentsOf('ours')).map(({ id, status }) => [id, status]);
      expect(new Map(statuses as [string, string][])).toEqual(
        new Map([
          [reference!['id'], 'entered-in-error'],
          ['copied', 'current'],
        ]),
      );
    });
  });

  it('has a document that does not grow with what a monitor measures, and can be made again', async () => {
    await stay('monitored', 'ada-monitored');
    const entry = Array.from({ length: 60 }, (_, minute) => ({
      resource: {
        resourceType: 'Observation',
        id: `monitored-o${minute}`,
        status: 'final',
        code: { text: 'Heart rate' },
        category: [{ coding: [{ code: 'vital-signs' }] }],
        subject: { reference: 'Patient/ada-monitored' },
        encounter: { reference: 'Encounter/monitored' },
        effectiveDateTime: new Date(Date.UTC(2026, 2, 3, 8, minute)).toISOString(),
        valueQuantity: { value: minute === 7 ? 190 : 80, unit: '/min' },
      },
      request: { method: 'PUT', url: `Observation/monitored-o${minute}` },
    }));
    const { status } = await house.fhir.post('', { resourceType: 'Bundle', type: 'batch', entry });
    expect(status).toBe(200);
    await house.put(encounter('monitored', 'ada-monitored', 'finished'));
    const [composition] = (await documentOf('monitored')).entry!.map(({ resource }) => resource);
    const vitals = (composition!['section'] as Section[]).find(
      ({ code }) => code.coding[0]!.code === '8716-3',
    )!;
    const listed = vitals.entry!.map(({ reference }) =>
      Number(reference.slice('Observation/monitored-o'.length)),
    );
    // The lowest is among the newest.
    expect(listed).toEqual([7, ...Array.from({ length: 20 }, (_, at) => 40 + at)]);
    expect(vitals.text.div).toContain('39 more are recorded and not listed');
    const { body } = await house.fhir.get<Json>(`Composition/${String(composition!['id'])}/$remake`);
    expect(body['parameter']).toContainEqual({ name: 'equal', valueBoolean: true });
  });

  noticesOfStay(() => house);

  it('has a document when it is first heard of by its discharge: it began before there was a feed', async () => {
    const end = new Date().toISOString();
    await house.put({ ...encounter('unheard-of', 'ada-unheard-of', 'finished'), period: { end } });
    const [composition] = (await documentOf('unheard-of')).entry!.map(({ resource }) => resource);
    expect(composition).toMatchObject({ encounter: { reference: 'Encounter/unheard-of' } });
  });

  it('has no document when it was recorded long after it was over', async () => {
    await house.put(encounter('history', 'ada-1', 'finished'));
    await stay('marker', 'ada-marker');
    await house.put(encounter('marker', 'ada-marker', 'finished'));
    await documentOf('marker');
    expect(await documentsOf('history')).toEqual([]);
  });
});
