import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, openHouse, type House, type Json } from '#platform/testing';

interface Bundle {
  readonly total?: number;
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
  readonly entry: readonly {
    readonly fullUrl?: string;
    readonly resource: Json;
    readonly search: { readonly mode: string };
  }[];
}

interface Line {
  readonly extension: readonly { readonly valueString: string }[];
  readonly item: { readonly reference: string; readonly display: string };
}

const bundle = (...resources: object[]) =>
  JSON.stringify({
    resourceType: 'Bundle',
    type: 'searchset',
    entry: resources.map((resource) => ({ resource })),
  });
const order = (id: string, text: string, patient = '77') => ({
  resourceType: 'MedicationRequest',
  id,
  status: 'active',
  intent: 'order',
  subject: { reference: `Patient/${patient}` },
  authoredOn: '2026-03-04',
  medicationCodeableConcept: { text },
});
const there = { resourceType: 'Patient', id: '77' };

describe('what another FHIR server holds of a patient', () => {
  let house: House;
  const folder = mkdtempSync(join(tmpdir(), 'septum-partners-'));
  const asked: string[] = [];
  type Answer = (url: URL, response: ServerResponse) => void;
  const ordinary: Answer = ({ pathname }, response) => {
    const answers: Record<string, string> = {
      '/r4/Patient/_search': bundle(there),
      '/r4/MedicationRequest': bundle(
        order('o1', 'Warfarin 5 mg'),
        {
          ...order('o2', ''),
          medicationCodeableConcept: undefined,
          medicationReference: { reference: 'Medication/m' },
        },
        order('o3', 'Morphine of somebody else', '78'),
        { resourceType: 'Medication', id: 'm', code: { text: 'Digoxin 0.125 mg' } },
      ),
    };
    response.end(answers[pathname] ?? bundle());
  };
  let answer = ordinary;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://city.example');
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push(`${request.method} ${url.pathname}${url.search} ${Buffer.concat(chunks).toString()}`);
      answer(url, response);
    });
  });
  const at = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/r4`;

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const file = join(folder, 'partners.yaml');
    writeFileSync(file, JSON.stringify([{ name: 'city-hospital', kind: 'fhir', baseUrl: at() }]));
    house = await openHouse({ settings: { SEPTUM_PARTNERS_FILE: file } });
    const subject = { reference: 'Patient/ada' };
    const identifier = [{ system: 'urn:national', value: '4711' }];
    await house.put(
      { resourceType: 'Patient', id: 'ada', identifier },
      { resourceType: 'Patient', id: 'unnumbered' },
      {
        ...order('own', 'Aspirin 100 mg'),
        subject,
        authoredOn: '2026-03-03',
        meta: { source: 'urn:septum:v2:pharmacy#MSG00042' },
      },
      {
        resourceType: 'Provenance',
        id: 'proof',
        target: [{ reference: 'MedicationRequest/own' }, subject],
        recorded: '2026-03-03T08:00:00Z',
        agent: [{ who: { display: 'Dr. Eva Stern' } }],
      },
      {
        resourceType: 'Encounter',
        id: 'stay',
        status: 'in-progress',
        class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
        subject,
        period: { start: '2026-03-02' },
      },
    );
  });
  beforeEach(() => {
    answer = ordinary;
    asked.length = 0;
  });
  afterAll(async () => {
    await house?.stop();
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function history(path = 'Patient/ada/$medication-history') {
    const { status, body, text } = await house.fhir.get<Bundle>(path);
    expect([status, text]).toEqual([200, expect.any(String)]);
    const list = body.entry[0]!.resource as unknown as { entry?: Line[] };
    const said = body.entry
      .filter(({ search }) => search.mode === 'outcome')
      .map(({ resource }) => JSON.stringify(resource));
    return { body, lines: list.entry ?? [], said: said.join() };
  }

  it('stands in the history beside our own, each line with its source, and is not stored', async () => {
    const { body, lines, said } = await history();
    expect(lines.map(({ item }) => item)).toEqual([
      {
        reference: `${at()}/MedicationRequest/o1`,
        type: 'MedicationRequest',
        display: 'Ordered: Warfarin 5 mg (active), city-hospital',
      },
      {
        reference: `${at()}/MedicationRequest/o2`,
        type: 'MedicationRequest',
        display: 'Ordered: Digoxin 0.125 mg (active), city-hospital',
      },
      expect.objectContaining({ reference: 'MedicationRequest/own' }),
    ]);
    expect(lines[2]!.extension[0]!.valueString).toBe(
      'urn:septum:v2:pharmacy#MSG00042, recorded by Dr. Eva Stern',
    );
    expect(body.entry.map(({ fullUrl }) => fullUrl).slice(1, 3)).toEqual(
      lines.slice(0, 2).map(({ item }) => item.reference),
    );
    expect([body.total, said]).toEqual([3, '']);
    expect(asked[0]).toBe('POST /r4/Patient/_search identifier=urn%3Anational%7C4711');
    expect(asked.slice(1).every((each) => each.startsWith('GET ') && !each.includes('4711'))).toBe(true);
    const stored = await house.fhir.get<Bundle>('MedicationRequest?patient=ada&_summary=count');
    expect(stored.body.total).toBe(1);
  });

  it('comes in pages with our own', async () => {
    const seen: string[] = [];
    let address: string | undefined = 'Patient/ada/$medication-history?_count=1';
    while (address !== undefined && seen.length < 4) {
      const { body, lines } = await history(address);
      seen.push(...lines.map(({ item }) => item.reference));
      address = body.link?.find(({ relation }) => relation === 'next')?.url;
    }
    expect(seen).toEqual([
      `${at()}/MedicationRequest/o1`,
      `${at()}/MedicationRequest/o2`,
      'MedicationRequest/own',
    ]);
  });

  it.each<readonly [string, Answer, RegExp]>([
    [
      'does not answer for one type',
      (url, response) => (url.pathname.endsWith('Statement') ? undefined : ordinary(url, response)),
      /MedicationStatement of city-hospital/,
    ],
    ['fails', (_, response) => response.writeHead(500).end(), /city-hospital: it answered 500/],
    ['answers what is no Bundle', (_, response) => response.end('<html>'), /city-hospital/],
    [
      'knows two such patients',
      (_, response) => response.end(bundle(there, { ...there, id: '78' })),
      /lead to 2 patients/,
    ],
  ])('is missing and said to be when the server %s', async (_, behaviour, expected) => {
    answer = behaviour;
    const began = Date.now();
    const { body, lines, said } = await history();
    expect(lines.at(-1)!.item.reference).toBe('MedicationRequest/own');
    expect(said).toMatch(expected);
    expect(said).not.toContain('4711');
    expect(body.total).toBeUndefined();
    expect(Date.now() - began).toBeLessThan(9_000);
  });

  it('is not asked for who has no identifier, nor for whom the caller may not read', async () => {
    expect((await history('Patient/unnumbered/$medication-history')).said).toContain('no identifier');
    const narrow = await house.clientWith(['system/MedicationRequest.rs']);
    const { text } = await narrow.get('Patient/ada/$medication-history');
    expect(text).toContain('Without its medications of city-hospital');
    const other = await house.clientWith(['patient/*.rs'], ['eve']);
    expect((await other.get('Patient/ada/$medication-history')).text).not.toContain('Warfarin');
    expect(asked).toEqual([]);
  });

  it('is reconciled with our own: what goes on becomes a plan that says where it was found', async () => {
    interface Parameters {
      readonly parameter: readonly {
        readonly name: string;
        readonly valueString?: string;
        readonly valueReference?: { readonly reference: string };
      }[];
    }
    const path = 'Encounter/stay/$reconcile-medications';
    const { body } = await house.fhir.get<Parameters>(path);
    const decided = [
      [`${at()}/MedicationRequest/o1`, 'keep'],
      [`${at()}/MedicationRequest/o2`, 'stop'],
      ['MedicationRequest/own', 'keep'],
    ].map(([line, decision]) => ({
      name: 'decision',
      part: [
        { name: 'line', valueReference: { reference: line } },
        { name: 'decision', valueCode: decision },
        ...(decision === 'stop' ? [{ name: 'reason', valueString: 'Ended by the family doctor' }] : []),
      ],
    }));
    const worksheet = body.parameter.find(({ name }) => name === 'worksheet');
    const recorded = await house.fhir.post<Parameters>(path, {
      resourceType: 'Parameters',
      parameter: [worksheet, ...decided],
    });
    expect([recorded.status, recorded.text]).toEqual([200, expect.any(String)]);
    const plans = await house.fhir.get<Bundle>('MedicationRequest?patient=ada&intent=plan');
    expect(plans.body.entry.map(({ resource }) => resource)).toEqual([
      expect.objectContaining({
        reportedBoolean: true,
        medicationCodeableConcept: { text: 'Warfarin 5 mg' },
        supportingInformation: [{ reference: `${at()}/MedicationRequest/o1` }],
      }),
    ]);
    await eventually(async () => {
      const { body: found } = await house.fhir.get<Bundle>('Provenance?patient=ada&_summary=count');
      if (found.total !== 4) throw new Error('the decisions have no provenance yet');
    });
  });
});
