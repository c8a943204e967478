import type { Accepted } from '#platform/hl7v2';

const admissions = ['A01', 'A02', 'A03', 'A04', 'A06', 'A08', 'A11', 'A13', 'A28', 'A31', 'A40'];

/** What there are tables for; versions 2.1 to 2.8.2 differ in nothing that they read. */
export const accepted: Omit<Accepted, 'processingIds'> = {
  messageTypes: [
    ...admissions.map((event) => `ADT^${event}`),
    'ORM^O01',
    'RDE^O11',
    'RDE^O25',
    'RDS^O13',
    'RAS^O17',
    'ORU^R01',
  ],
  versions: [
    '2.1',
    '2.2',
    '2.3',
    '2.3.1',
    '2.4',
    '2.5',
    '2.5.1',
    '2.6',
    '2.7',
    '2.7.1',
    '2.8',
    '2.8.1',
    '2.8.2',
  ],
};
