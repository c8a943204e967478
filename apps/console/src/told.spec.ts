import { describe, expect, it } from '@jest/globals';
import { tellingsOf } from './told.ts';

const extension = 'https://septum.dev/fhir/StructureDefinition/communication-';
const notice = {
  resourceType: 'Communication',
  id: 'n',
  status: 'completed',
  topic: { text: 'Admission as an inpatient' },
  recipient: [{ reference: 'Organization/clinic' }, { display: 'Dr. Eva Stern' }],
  sent: '2026-03-01T08:01:00Z',
  extension: [
    { url: `${extension}occurred`, valueInstant: '2026-03-01T08:00:00Z' },
    { url: `${extension}proof`, valueString: 'HTTP 200' },
  ],
};

describe('who was told', () => {
  it('is named by what the record holds of them, with the proof', () => {
    const clinic = { resourceType: 'Organization', id: 'clinic', name: 'The clinic' };
    expect(tellingsOf([clinic, notice])).toEqual([
      {
        key: 'n',
        what: 'Admission as an inpatient',
        who: 'The clinic, Dr. Eva Stern',
        isReceived: false,
        status: 'Told',
        at: '2026-03-01T08:01:00Z',
        proof: 'HTTP 200',
      },
    ]);
  });

  it('is said too when it was nobody, with the reason', () => {
    const none = {
      ...notice,
      id: 'none',
      status: 'not-done',
      statusReason: { text: 'The patient objects to it.' },
      recipient: undefined,
      sent: undefined,
      extension: [{ url: `${extension}occurred`, valueInstant: '2026-03-02T08:00:00Z' }],
    };
    expect(tellingsOf([notice, none])).toMatchObject([
      { key: 'none', who: 'Nobody known', status: 'Not told', proof: 'The patient objects to it.' },
      { key: 'n' },
    ]);
  });

  it('is another hospital’s word when we were told', () => {
    const received = {
      resourceType: 'Communication',
      id: 'r',
      status: 'completed',
      category: [{ text: 'Notification' }],
      sender: { display: 'North' },
      received: '2026-03-01T08:02:00Z',
    };
    expect(tellingsOf([received])).toMatchObject([
      { what: 'Notification', who: 'North', isReceived: true, status: 'Received' },
    ]);
  });
});
