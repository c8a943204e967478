import type { Row } from '../tables.ts';
import { notValued } from './rows.ts';

/**
 * Whose stay it is. HL7 maps none of the fields that say so (PV1[Encounter]:65, PV2[Encounter]:33; MSH-4 is the sender of the
 * message, MSH[MessageHeader]:10), so theirs is the order in which they speak of the stay: PV2-23, "Clinic Organization
 * Name", has a name; PV1-39 (chapter 3.4.3.39) is the facility "with which this visit is associated" where a sender has
 * several, mostly as a code; MSH-4 (chapter 2.14.9.4) says who sends, which of a message about the stay itself is mostly
 * its facility. A code is a facility's name until it is given one.
 */
export const servicingFacility: readonly Row[] = [
  [65, 'PV1-39', 'serviceProvider(Organization)', { map: 'CWE[Organization]', when: notValued('PV2-23') }],
  [
    65.1,
    'PV1-39',
    'serviceProvider(Organization).name',
    {
      assumed: true,
      set: ['PV1-39.1'],
      when: ['all', ...['PV2-23', 'PV1-39.2', 'PV1-39.9'].map(notValued)],
    },
  ],
];

const isUnstated = ['all', notValued('PV2-23'), notValued('PV1-39')] as const;

/** Beside what the event says of the visit: messages about orders and results have no such rows. */
export const sendingFacility: readonly Row[] = [
  [2, 'MSH-4', 'serviceProvider(Organization)', { assumed: true, map: 'HD[Organization]', when: isUnstated }],
  [
    3,
    'MSH-4',
    'serviceProvider(Organization).name',
    { assumed: true, set: ['MSH-4.1'], when: ['all', isUnstated, ['valued', 'MSH-4.1']] },
  ],
  [
    4,
    'MSH-4',
    'serviceProvider(Organization).name',
    { assumed: true, set: ['MSH-4.2'], when: ['all', isUnstated, notValued('MSH-4.1')] },
  ],
];
