import { expect, it } from '@jest/globals';
import { eventually, type House, type Json } from '#platform/testing';

interface Bundle {
  readonly entry?: readonly { readonly resource: Json }[];
}

interface Told {
  readonly topic: string;
  readonly recipients: readonly string[];
  readonly status: string;
  readonly why: string | undefined;
}

interface Parameter {
  readonly name: string;
  readonly valueCode?: string;
  readonly valueCoding?: { readonly code: string };
  readonly valueReference?: { readonly reference: string };
  readonly part?: readonly Parameter[];
}

interface Report {
  readonly parameter: readonly Parameter[];
}

interface Stay {
  readonly resourceType: string;
  readonly status: string;
  readonly class: { readonly code: string };
  readonly location: readonly { readonly location: { readonly reference: string } }[];
}

const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

/** The stories of who is told that a patient comes and goes, in a house that others tell stories of too. */
export function noticesOfStay(houseNow: () => House): void {
  const stored = (...resources: readonly Json[]) => houseNow().put(...resources);

  function organization(id: string, endpoint?: string): readonly Json[] {
    const connectionType = {
      system: 'http://terminology.hl7.org/CodeSystem/endpoint-connection-type',
      code: 'hl7v2-mllp',
    };
    const payloadType = [{ text: 'Any' }];
    const address = `https://${id}.example/fhir`;
    const at = {
      resourceType: 'Endpoint',
      id: endpoint,
      status: 'active',
      connectionType,
      payloadType,
      address,
    };
    const known = endpoint === undefined ? {} : { endpoint: [{ reference: `Endpoint/${endpoint}` }] };
    return [
      { resourceType: 'Organization', id, name: `The ${id}`, ...known },
      ...(endpoint === undefined ? [] : [at]),
    ];
  }

  /** A patient with a practice, a home care service, a pharmacy that is not reached, and an insurer who is not to know. */
  async function patientWith(id: string): Promise<void> {
    await stored(
      ...organization('notice-hospital', 'notice-hospital-in'),
      ...organization('notice-practice', 'notice-practice-in'),
      ...organization('notice-home-care', 'notice-home-care-in'),
      ...organization('notice-insurer', 'notice-insurer-in'),
      ...organization('notice-pharmacy'),
      { resourceType: 'Practitioner', id: 'notice-gp', name: [{ family: 'Osei' }] },
      { resourceType: 'Practitioner', id: 'notice-stern', name: [{ family: 'Stern', given: ['Eva'] }] },
      {
        resourceType: 'PractitionerRole',
        id: 'notice-gp-at-practice',
        practitioner: { reference: 'Practitioner/notice-gp' },
        organization: { reference: 'Organization/notice-practice' },
      },
      {
        resourceType: 'Patient',
        id,
        name: [{ family: 'Okafor', given: ['Ada'] }],
        generalPractitioner: [
          { reference: 'Practitioner/notice-gp' },
          { reference: 'Organization/notice-practice' },
        ],
      },
      {
        resourceType: 'CareTeam',
        id: `${id}-team`,
        status: 'active',
        subject: { reference: `Patient/${id}` },
        participant: [
          'Organization/notice-home-care',
          'Organization/notice-insurer',
          'Organization/notice-pharmacy',
          'Practitioner/notice-stern',
          `Patient/${id}`,
        ].map((reference) => ({ member: { reference } })),
      },
      {
        resourceType: 'Consent',
        id: `${id}-consent`,
        status: 'active',
        scope: {
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
        },
        category: [{ coding: [{ system: actCode, code: 'IDSCL' }] }],
        patient: { reference: `Patient/${id}` },
        policyRule: { coding: [{ system: actCode, code: 'OPTIN' }] },
        provision: {
          provision: [
            {
              type: 'deny',
              actor: [
                {
                  role: {
                    coding: [
                      { system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' },
                    ],
                  },
                  reference: { reference: 'Organization/notice-insurer' },
                },
              ],
            },
          ],
        },
      },
    );
  }

  function encounter(id: string, patient: string, status: string, code: string, ward: string): Json {
    return {
      resourceType: 'Encounter',
      id,
      status,
      class: { system: actCode, code },
      subject: { reference: `Patient/${patient}` },
      participant: [{ individual: { reference: 'Practitioner/notice-stern' } }],
      serviceProvider: { reference: 'Organization/notice-hospital' },
      location: [{ location: { reference: `Location/${ward}` }, status: 'active' }],
      period: {
        start: '2026-03-02T08:00:00Z',
        ...(status === 'finished' ? { end: '2026-03-09T10:00:00Z' } : {}),
      },
    };
  }

  async function communicationsOf(id: string): Promise<readonly Json[]> {
    const { status, body } = await houseNow().fhir.get<Bundle>(
      `Communication?encounter=Encounter/${id}&_count=200`,
    );
    if (status !== 200) throw new Error(`Communication search answers ${status}`);
    return (body.entry ?? []).map(({ resource }) => resource);
  }

  async function toldOf(id: string): Promise<readonly Told[]> {
    const communications = (await communicationsOf(id)) as unknown as {
      topic: { coding: { code: string }[] };
      recipient?: { reference: string }[];
      status: string;
      statusReason?: { coding?: { code: string }[] };
    }[];
    return communications.map(({ topic, recipient = [], status, statusReason }) => ({
      topic: topic.coding[0]!.code,
      recipients: recipient.map(({ reference }) => reference),
      status,
      why: statusReason?.coding?.[0]?.code,
    }));
  }

  /** Class, place and status of the encounter in the message of each topic. */
  async function encounterInMessages(id: string): Promise<Record<string, readonly unknown[]>> {
    const told: Record<string, readonly unknown[]> = {};
    for (const communication of await communicationsOf(id)) {
      const { topic, payload } = communication as unknown as {
        topic: { coding: { code: string }[] };
        payload?: { contentReference: { reference: string } }[];
      };
      if (payload === undefined) continue;
      const { body } = await houseNow().fhir.get<Bundle>(payload[0]!.contentReference.reference);
      const stay = body.entry?.map(({ resource }) => resource as unknown as Stay) ?? [];
      const found = stay.find(({ resourceType }) => resourceType === 'Encounter')!;
      const place = found.location[0]!.location.reference;
      told[topic.coding[0]!.code] = [found.class.code, place, found.status];
    }
    return told;
  }

  const practice = ['Practitioner/notice-gp', 'Organization/notice-practice'];
  /** Nobody is a partner of this house: what is due is given up, once it was handed to who would send it. */
  const eachOf = (topic: string, status = 'stopped', why?: string): readonly Told[] => [
    { topic, recipients: practice, status, why },
    { topic, recipients: ['Organization/notice-home-care'], status, why },
    { topic, recipients: ['Organization/notice-insurer'], status: 'not-done', why: 'patient-objection' },
    { topic, recipients: ['Organization/notice-pharmacy'], status: 'not-done', why: 'no-endpoint' },
  ];
  const sorted = (told: readonly Told[]) => told.map((one) => JSON.stringify(one)).toSorted();
  const becomes = (id: string, ...told: readonly (readonly Told[])[]) =>
    eventually(async () => expect(sorted(await toldOf(id))).toEqual(sorted(told.flat())));

  it('is told once to each who has to know: at registration, admission and discharge, with the document', async () => {
    await patientWith('notice-told');
    const steps = [
      encounter('told-stay', 'notice-told', 'in-progress', 'EMER', 'er'),
      encounter('told-stay', 'notice-told', 'in-progress', 'IMP', 'er'),
      encounter('told-stay', 'notice-told', 'in-progress', 'IMP', 'ward-4'),
      encounter('told-stay', 'notice-told', 'finished', 'IMP', 'ward-4'),
    ];
    // Each is told twice, as an interface that lost the answer does.
    for (const step of steps) await stored(step, step);
    const expected = [
      eachOf('emergency-registration'),
      eachOf('inpatient-admission'),
      eachOf('discharge'),
      eachOf('discharge-document'),
    ];
    await becomes('told-stay', ...expected);
    // Each as it was then, however soon the next step came.
    expect(await encounterInMessages('told-stay')).toMatchObject({
      'emergency-registration': ['EMER', 'Location/er', 'in-progress'],
      'inpatient-admission': ['IMP', 'Location/er', 'in-progress'],
      discharge: ['IMP', 'Location/ward-4', 'finished'],
    });
    // What comes later for the same patient is applied later: nothing more came of the stay.
    await stored(encounter('told-later', 'notice-told', 'arrived', 'EMER', 'er'));
    await becomes('told-later', eachOf('emergency-registration'));
    await becomes('told-stay', ...expected);
  });

  it('is not told any more when the discharge is called off, and told anew when there is another', async () => {
    await patientWith('notice-off');
    await stored(encounter('off-stay', 'notice-off', 'in-progress', 'IMP', 'ward-4'));
    await stored(encounter('off-stay', 'notice-off', 'finished', 'IMP', 'ward-4'));
    const admission = eachOf('inpatient-admission');
    await becomes('off-stay', admission, eachOf('discharge'), eachOf('discharge-document'));
    await stored(encounter('off-stay', 'notice-off', 'in-progress', 'IMP', 'ward-4'));
    const calledOff = ['discharge', 'discharge-document'].map((topic) =>
      eachOf(topic, 'not-done', 'called-off'),
    );
    await becomes('off-stay', admission, ...calledOff);
    await stored(encounter('off-stay', 'notice-off', 'finished', 'IMP', 'ward-4'));
    await becomes('off-stay', admission, ...calledOff, eachOf('discharge'), eachOf('discharge-document'));
    await stored(encounter('off-stay', 'notice-off', 'entered-in-error', 'IMP', 'ward-4'));
    await becomes(
      'off-stay',
      eachOf('inpatient-admission', 'not-done', 'called-off'),
      ...calledOff,
      ...calledOff,
    );
  });

  it('is told to nobody where nobody has to know, which is recorded; an outpatient visit is none of it', async () => {
    await stored({ resourceType: 'Patient', id: 'notice-alone', name: [{ family: 'Alone' }] });
    await stored(encounter('alone-visit', 'notice-alone', 'in-progress', 'AMB', 'clinic'));
    await stored(encounter('alone-visit', 'notice-alone', 'finished', 'AMB', 'clinic'));
    await stored(encounter('alone-stay', 'notice-alone', 'in-progress', 'OBSENC', 'ward-4'));
    await becomes('alone-stay', [
      { topic: 'observation-admission', recipients: [], status: 'not-done', why: 'no-recipient' },
    ]);
    expect(await toldOf('alone-visit')).toEqual([]);
  });

  it('is told in a report: each event with its notices, and a stay that nothing is recorded of', async () => {
    const start = new Date(Date.now() - 3_600_000).toISOString();
    const end = new Date(Date.now() + 3_600_000).toISOString();
    const dated = {
      ...encounter('notice-imported', 'notice-told', 'finished', 'IMP', 'ward-4'),
      period: { start, end: start },
    };
    // Nobody is told of what is imported.
    const entry = [{ resource: dated }];
    await houseNow().fhir.post('$import', { resourceType: 'Bundle', type: 'collection', entry });
    const address = `Communication/$notice-report?start=${start}&end=${end}`;
    const { status, body } = await houseNow().fhir.get<Report>(address);
    expect(status).toBe(200);
    const parts = ({ part = [] }: Parameter, name: string) => part.filter((one) => one.name === name);
    const events = body.parameter
      .filter(({ name }) => name === 'event')
      .map((event) => ({
        encounter: parts(event, 'encounter')[0]?.valueReference?.reference,
        topic: parts(event, 'topic')[0]?.valueCoding?.code,
        alarm: parts(event, 'alarm')[0]?.valueCode,
        notices: parts(event, 'notice').map((notice) => parts(notice, 'status')[0]?.valueCode),
      }));
    const of = (id: string) => events.filter((event) => event.encounter === `Encounter/${id}`);
    const notices = expect.arrayContaining(['stopped', 'stopped', 'not-done', 'not-done']);
    expect(of('told-stay')).toEqual(
      ['emergency-registration', 'inpatient-admission', 'discharge'].map((topic) => ({
        encounter: 'Encounter/told-stay',
        topic,
        alarm: 'nobody-told',
        notices,
      })),
    );
    expect(of('alone-stay')).toMatchObject([{ alarm: 'nobody-told', notices: ['not-done'] }]);
    expect(of('alone-visit')).toEqual([]);
    expect(of('notice-imported')).toMatchObject(
      ['inpatient-admission', 'discharge'].map((topic) => ({ topic, alarm: 'not-recorded' })),
    );
    expect(events.filter(({ alarm }) => alarm !== undefined)).toEqual(
      events.slice(0, events.filter(({ alarm }) => alarm !== undefined).length),
    );
    const table = await houseNow().fhir.get(`${address}&_format=text/csv`);
    expect(table.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(table.text).toMatch(/^alarm,occurred,/);
    expect(table.text.split('\r\n')).toContainEqual(
      expect.stringMatching(
        /^nobody-told,[^,]+,Discharge or transfer[^,]*,Encounter\/told-stay,Patient\/notice-told,[^,]*The notice-practice/,
      ),
    );
    const stranger = await houseNow().clientWith(['system/Communication.rs']);
    expect((await stranger.get(address)).status).toBe(403);
  });
}
