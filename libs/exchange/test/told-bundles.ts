/** What the specs have told of a patient: small, and true to form. The number of the patient is the id of the Bundle. */

function patientOf(id: string) {
  const type = {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }],
  };
  return {
    resourceType: 'Patient',
    id: 'ada',
    identifier: [{ system: 'https://north.example/mrn', value: id, type }],
    name: [{ family: 'Canary' }],
    photo: [{ title: 'Canary' }],
  };
}

function bundleOf(id: string, type: string, resources: readonly object[]): string {
  const identifier = { system: 'https://septum.example/bundles', value: id };
  const entry = resources.map((resource) => ({ resource }));
  return JSON.stringify({ resourceType: 'Bundle', id, type, identifier, entry });
}

/** A document Bundle, which HL7 v2 tells as MDM^T02. */
export function documentOf(id: string): string {
  const composition = {
    resourceType: 'Composition',
    id: 'summary',
    status: 'final',
    type: { coding: [{ system: 'http://loinc.org', code: '18842-5' }] },
    subject: { reference: 'Patient/ada' },
    date: '2026-11-22T09:30:00Z',
    title: 'Discharge summary',
  };
  return bundleOf(id, 'document', [composition, patientOf(id)]);
}

/** A notification message, which HL7 v2 tells as ADT^A03. */
export function noticeOf(id: string): string {
  const header = {
    resourceType: 'MessageHeader',
    id: 'header',
    eventCoding: {
      system: 'http://hl7.org/fhir/us/davinci-alerts/CodeSystem/notification-event',
      code: 'notification-discharge',
    },
    focus: [{ reference: 'Encounter/stay' }],
    source: { endpoint: 'https://north.example/fhir' },
  };
  const stay = {
    resourceType: 'Encounter',
    id: 'stay',
    status: 'finished',
    class: { code: 'IMP' },
    subject: { reference: 'Patient/ada' },
  };
  return bundleOf(id, 'message', [header, stay, patientOf(id)]);
}
