/** What a hospital's systems send of one stay, from the emergency department to the discharge, step by step. */
export interface StayStep {
  readonly type: string;
  readonly segments: readonly string[];
}

/** `who`: of the patient, the visit, the orders; none of another stay. */
export function stayInMessages(who: string): readonly StayStep[] {
  const patient = [
    `PID|1||${who}^^^NORTH^MR||Winter-${who}^Ada||19500214|F`,
    'PD1||||P77^Stern^Eva^^^Dr.^^^NPI',
  ];
  const [pid] = patient as [string];
  const visit = (patientClass: string, ward: string, discharged = '') =>
    `PV1|1|${patientClass}|${ward}^101^1^NORTH||||T12^Roth^Jan^^^Dr.^^^NPI||||||||||||V${who}^^^NORTH^VN|${'|'.repeat(16)}01${'|'.repeat(8)}20260301080000+0000|${discharged}`;
  const diagnosis = 'DG1|1||I21.4^Non-ST elevation myocardial infarction^I10||20260301090000+0000|A';
  const order = `ORC|NW|R${who}^NORTH|F${who}^NORTH||IP||||20260301090000+0000`;
  return [
    { type: 'ADT^A04^ADT_A01', segments: [...patient, visit('E', 'ED')] },
    { type: 'ADT^A01^ADT_A01', segments: [...patient, visit('I', 'W1'), diagnosis] },
    {
      type: 'RDE^O11^RDE_O11',
      segments: [
        pid,
        visit('I', 'W1'),
        order,
        'RXE||197361^Amlodipine 5 MG Oral Tablet^RXNORM|5||mg^^UCUM|TAB',
        'RXR|PO^Oral^HL70162',
      ],
    },
    {
      type: 'RAS^O17^RAS_O17',
      segments: [
        pid,
        visit('I', 'W1'),
        order,
        'RXA|0|1|20260301100000+0000|20260301100000+0000|197361^Amlodipine 5 MG Oral Tablet^RXNORM|5|mg^^UCUM|||||||||||||CP',
        'RXR|PO^Oral^HL70162',
      ],
    },
    {
      type: 'ORU^R01^ORU_R01',
      segments: [
        pid,
        visit('I', 'W1'),
        `OBR|1|P${who}^NORTH|L${who}^NORTH|2345-7^Glucose^LN|||20260301100000+0000|||||||||||||||20260301110000+0000|||F`,
        'OBX|1|NM|2345-7^Glucose^LN||95.10|mg/dL^^UCUM|||||F|||20260301100000+0000',
      ],
    },
    { type: 'ADT^A02^ADT_A02', segments: [...patient, visit('I', 'W2')] },
    { type: 'ADT^A03^ADT_A03', segments: [...patient, visit('I', 'W2', '20260305100000+0000')] },
  ];
}
