import type { MessageRow } from '../tables.ts';
import { billingRows, chargeRows, trialRows } from './charges.ts';
import { guarantorRows } from './guarantor.ts';
import { additionalInsuranceRows, subscriberRows } from './insurance.ts';
import { roleRows } from './roles.ts';

/** The message itself, and its source. */
export function headerRows(): MessageRow[] {
  return [
    [0.5, 'MSH', 'Bundle', 'MSH[Bundle]'],
    [1, 'MSH', 'MessageHeader[1]', 'MSH[MessageHeader]'],
    [
      1.5,
      'MSH',
      'Provenance[1]',
      'MSH[Provenance-Source]',
      {
        links: [
          ['Provenance[1]', 'target', 'Bundle'],
          ['Provenance[1]', 'target', 'MessageHeader[1]'],
        ],
      },
    ],
  ];
}

/** The first lines of every order message: the patient, the visit, what they are insured with and allergic to. */
function patientRows(): MessageRow[] {
  return [
    ...headerRows(),
    [2, 'SFT', 'MessageHeader[1]', 'SFT[MessageHeader]'],
    [2.5, 'SFT', 'Device[software]', 'SFT[Device]'],
    [3, 'PATIENT.PID', 'Patient[1]', 'PID[Patient]'],
    [3.5, 'PATIENT.PID', 'Account', 'PID[Account]'],
    [4, 'PATIENT.PD1', 'Patient[1]', 'PD1[Patient]'],
    [4.5, 'PATIENT.PRT'],
    [5, 'PATIENT.NTE'],
    [6, 'PATIENT.PATIENT_VISIT.PV1', 'Encounter[1]', 'PV1[Encounter]'],
    [6.5, 'PATIENT.PATIENT_VISIT.PV1', 'Patient[1]', 'PV1[Patient]'],
    [7, 'PATIENT.PATIENT_VISIT.PV2', 'Encounter[1]', 'PV2[Encounter]'],
    ...roleRows(7.5, 'PATIENT.PATIENT_VISIT.PRT'),
    [8, 'PATIENT.INSURANCE.IN1', 'Coverage[1]', 'IN1[Coverage]'],
    ...subscriberRows(8, 'PATIENT.INSURANCE.IN1'),
    ...additionalInsuranceRows(9, 'PATIENT.INSURANCE.IN2'),
    [10, 'PATIENT.INSURANCE.IN3'],
    ...guarantorRows(11, 'PATIENT.GT1'),
    [12, 'PATIENT.AL1', 'AllergyIntolerance', 'AL1[AllergyIntolerance]'],
  ];
}

function requestRows(): MessageRow[] {
  const [request, order] = ['MedicationRequest[1]', 'MedicationRequest'];
  return [
    [20, 'ORDER.ORC', request, `ORC[${order}]`],
    ...roleRows(20.5, 'ORDER.PRT'),
    [21, 'ORDER.TIMING.TQ1', request, `TQ1[${order}]`],
    [22, 'ORDER.TIMING.TQ2'],
    [23, 'ORDER.ORDER_DETAIL.RXO', request, `RXO[${order}]`],
    [24, 'ORDER.ORDER_DETAIL.NTE', request, 'NTE[ServiceRequest]'],
    ...roleRows(24.5, 'ORDER.ORDER_DETAIL.PRT'),
    [25, 'ORDER.ORDER_DETAIL.RXR', request, `RXR[${order}]`],
    [26, 'ORDER.ORDER_DETAIL.COMPONENT.RXC', request, `RXC[${order}]`],
    [27, 'ORDER.ENCODING.RXE', request, `RXE[${order}]`],
    ...roleRows(27.5, 'ORDER.ENCODING.PRT'),
    [28, 'ORDER.ENCODING.NTE', request, 'NTE[ServiceRequest]'],
    [29, 'ORDER.ENCODING.TIMING_ENCODED.TQ1', request, `TQ1[${order}]`],
    [30, 'ORDER.ENCODING.TIMING_ENCODED.TQ2'],
    [31, 'ORDER.ENCODING.RXR', request, `RXR[${order}]`],
    [32, 'ORDER.ENCODING.RXC', request, `RXC[${order}]`],
  ];
}

const hasSeveral = ['all', ['count', 'OBX-5', '>', 1], ['not', ['is', 'OBX-2', ['NA']]]] as const;

const observed: readonly MessageRow[] = [
  [60, 'ORDER.OBSERVATION.OBX', 'Observation[1]', 'OBX[Observation]', { when: ['not', hasSeveral] }],
  [60.1, 'ORDER.OBSERVATION.OBX', 'Observation[1]', 'OBX[Observation-Component]', { when: hasSeveral }],
  [60.5, 'ORDER.OBSERVATION.PRT'],
  [61, 'ORDER.OBSERVATION.NTE', 'Observation[1]', 'NTE[Observation]'],
  ...chargeRows(62, 'ORDER.FT1'),
  ...billingRows(63, 'ORDER.BLG'),
  ...trialRows(64, 'ORDER.CTI'),
];

/** The pharmacy's messages, which HL7's tables do not have yet. https://www.hl7.eu/HL7v2x/v251/std251/ch04.html */
export const medicationMessages: Readonly<Record<string, readonly MessageRow[]>> = {
  RDE_O11: [...patientRows(), ...requestRows(), ...observed],
  RDS_O13: [
    ...patientRows(),
    ...requestRows(),
    [
      40,
      'ORDER.RXD',
      'MedicationDispense[1]',
      'RXD[MedicationDispense]',
      { links: [['MedicationDispense[1]', 'authorizingPrescription', 'MedicationRequest[1]']] },
    ],
    [41, 'ORDER.NTE', 'MedicationDispense[1]', 'NTE[ServiceRequest]'],
    [42, 'ORDER.RXR', 'MedicationDispense[1]', 'RXR[MedicationDispense]'],
    [43, 'ORDER.RXC'],
    ...observed,
  ],
  RAS_O17: [
    ...patientRows(),
    ...requestRows(),
    [
      50,
      'ORDER.ADMINISTRATION.RXA',
      'MedicationAdministration[1]',
      'RXA[MedicationAdministration]',
      { links: [['MedicationAdministration[1]', 'request', 'MedicationRequest[1]']] },
    ],
    [51, 'ORDER.ADMINISTRATION.RXR', 'MedicationAdministration[1]', 'RXR[MedicationAdministration]'],
    ...observed.map(([line, path, ...rest]): MessageRow => [
      line,
      path.replace('ORDER.', 'ORDER.ADMINISTRATION.'),
      ...rest,
    ]),
  ],
};
