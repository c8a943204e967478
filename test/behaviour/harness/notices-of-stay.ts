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

const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

/** The stories of who is told that a patient comes and goes, in a house that others tell stories of too. */
export function noticesOfStay(houseNow: () => House): void {
  async function stored(...resources: readonly Json[]): Promise<void> {
    for (const resource of resources) {
      const address = `${String(resource['resourceType'])}/${String(resource['id'])}`;
      const { status, text } = await houseNow().fhir.put(address, resource);
      expect([address, [200, 201].includes(status) ? '' : text]).toEqual([address, '']);
    }
  }

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
      ...organization('hospital', 'hospital-in'),
      ...organization('practice', 'practice-in'),
      ...organization('home-care', 'home-care-in'),
      ...organization('insurer', 'insurer-in'),
      ...organization('pharmacy'),
      { resourceType: 'Practitioner', id: 'gp', name: [{ family: 'Osei' }] },
      { resourceType: 'Practitioner', id: 'stern', name: [{ family: 'Stern', given: ['Eva'] }] },
      {
        resourceType: 'PractitionerRole',
        id: 'gp-at-practice',
        practitioner: { reference: 'Practitioner/gp' },
        organization: { reference: 'Organization/practice' },
      },
      {
        resourceType: 'Patient',
        id,
        name: [{ family: 'Okafor', given: ['Ada'] }],
        generalPractitioner: [{ reference: 'Practitioner/gp' }, { reference: 'Organization/practice' }],
      },
      {
        resourceType: 'CareTeam',
        id: `${id}-team`,
        status: 'active',
        subject: { reference: `Patient/${id}` },
        participant: [
          'Organization/home-care',
          'Organization/insurer',
          'Organization/pharmacy',
          'Practitioner/stern',
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
                  reference: { reference: 'Organization/insurer' },
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
      participant: [{ individual: { reference: 'Practitioner/stern' } }],
      serviceProvider: { reference: 'Organization/hospital' },
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

  const practice = ['Practitioner/gp', 'Organization/practice'];
  const eachOf = (topic: string, status = 'in-progress', why?: string): readonly Told[] => [
    { topic, recipients: practice, status, why },
    { topic, recipients: ['Organization/home-care'], status, why },
    { topic, recipients: ['Organization/insurer'], status: 'not-done', why: 'patient-objection' },
    { topic, recipients: ['Organization/pharmacy'], status: 'not-done', why: 'no-endpoint' },
  ];
  const sorted = (told: readonly Told[]) => told.map((one) => JSON.stringify(one)).toSorted();
  const becomes = (id: string, ...told: readonly (readonly Told[])[]) =>
    eventually(async () => expect(sorted(await toldOf(id))).toEqual(sorted(told.flat())));

  it('is told once to each who has to know: at registration, admission and discharge, with the document', async () => {
    await patientWith('told');
    const steps = [
      encounter('told-stay', 'told', 'in-progress', 'EMER', 'er'),
      encounter('told-stay', 'told', 'in-progress', 'IMP', 'er'),
      encounter('told-stay', 'told', 'in-progress', 'IMP', 'ward-4'),
      encounter('told-stay', 'told', 'finished', 'IMP', 'ward-4'),
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
    // What comes later for the same patient is applied later: nothing more came of the stay.
    await stored(encounter('told-later', 'told', 'arrived', 'EMER', 'er'));
    await becomes('told-later', eachOf('emergency-registration'));
    await becomes('told-stay', ...expected);
  });

  it('is not told any more when the discharge is called off, and told anew when there is another', async () => {
    await patientWith('off');
    await stored(encounter('off-stay', 'off', 'in-progress', 'IMP', 'ward-4'));
    await stored(encounter('off-stay', 'off', 'finished', 'IMP', 'ward-4'));
    const admission = eachOf('inpatient-admission');
    await becomes('off-stay', admission, eachOf('discharge'), eachOf('discharge-document'));
    await stored(encounter('off-stay', 'off', 'in-progress', 'IMP', 'ward-4'));
    const calledOff = ['discharge', 'discharge-document'].map((topic) =>
      eachOf(topic, 'not-done', 'called-off'),
    );
    await becomes('off-stay', admission, ...calledOff);
    await stored(encounter('off-stay', 'off', 'finished', 'IMP', 'ward-4'));
    await becomes('off-stay', admission, ...calledOff, eachOf('discharge'), eachOf('discharge-document'));
    await stored(encounter('off-stay', 'off', 'entered-in-error', 'IMP', 'ward-4'));
    await becomes(
      'off-stay',
      eachOf('inpatient-admission', 'not-done', 'called-off'),
      ...calledOff,
      ...calledOff,
    );
  });

  it('is told to nobody where nobody has to know, which is recorded; an outpatient visit is none of it', async () => {
    await stored({ resourceType: 'Patient', id: 'alone', name: [{ family: 'Alone' }] });
    await stored(encounter('alone-visit', 'alone', 'in-progress', 'AMB', 'clinic'));
    await stored(encounter('alone-visit', 'alone', 'finished', 'AMB', 'clinic'));
    await stored(encounter('alone-stay', 'alone', 'in-progress', 'OBSENC', 'ward-4'));
    await becomes('alone-stay', [
      { topic: 'observation-admission', recipients: [], status: 'not-done', why: 'no-recipient' },
    ]);
    expect(await toldOf('alone-visit')).toEqual([]);
  });
}
