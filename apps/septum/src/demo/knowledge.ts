/**
 * The little medicine the demonstration patients are made of: enough that a history reads as one. Codes are SNOMED CT,
 * RxNorm, LOINC and CVX.
 */

export interface Drug {
  readonly code: string;
  readonly text: string;
  readonly dose: number;
  readonly unit: string;
  readonly timesDaily: number;
  readonly route: 'oral' | 'intravenous' | 'subcutaneous' | 'inhaled';
}

export interface Test {
  readonly code: string;
  readonly text: string;
  readonly unit: string;
  readonly mean: number;
  readonly spread: number;
  readonly digits: number;
  /** Below the first is low, above the second is high. */
  readonly normal: readonly [number, number];
}

export interface Panel {
  readonly code: string;
  readonly text: string;
  readonly tests: readonly Test[];
}

export interface Chronic {
  readonly code: string;
  readonly text: string;
  readonly fromAge: number;
  /** Of those old enough. */
  readonly share: number;
  readonly drug: Drug;
  readonly panel?: Panel;
}

/** A reason to stay in hospital. */
export interface Acute {
  readonly code: string;
  readonly text: string;
  readonly fromAge: number;
  readonly days: readonly [number, number];
  readonly procedure: { readonly code: string; readonly text: string };
  readonly inHospital: readonly Drug[];
  readonly atDischarge: Drug;
}

function drug(
  code: string,
  text: string,
  dose: number,
  unit: string,
  timesDaily: number,
  route: Drug['route'],
): Drug {
  return { code, text, dose, unit, timesDaily, route };
}

function test(
  code: string,
  text: string,
  unit: string,
  [mean, spread, digits]: readonly [number, number, number],
  normal: Test['normal'],
): Test {
  return { code, text, unit, mean, spread, digits, normal };
}

export const acetaminophen = drug('198440', 'Acetaminophen 500 MG Oral Tablet', 500, 'mg', 3, 'oral');
const aspirin = drug('243670', 'Aspirin 81 MG Oral Tablet', 81, 'mg', 1, 'oral');
const atorvastatin = drug('617310', 'Atorvastatin 20 MG Oral Tablet', 20, 'mg', 1, 'oral');
const enoxaparin = drug(
  '854235',
  'Enoxaparin sodium 40 MG in 0.4 ML Prefilled Syringe',
  40,
  'mg',
  1,
  'subcutaneous',
);
const ceftriaxone = drug('1665021', 'Ceftriaxone 1000 MG Injection', 1000, 'mg', 1, 'intravenous');
const amoxicillin = drug('308191', 'Amoxicillin 500 MG Oral Capsule', 500, 'mg', 3, 'oral');
const furosemide = drug('313988', 'Furosemide 40 MG Oral Tablet', 40, 'mg', 1, 'oral');

const basicMetabolic: Panel = {
  code: '51990-0',
  text: 'Basic metabolic panel',
  tests: [
    test('2339-0', 'Glucose', 'mg/dL', [95, 30, 0], [70, 100]),
    test('2160-0', 'Creatinine', 'mg/dL', [1, 0.4, 2], [0.6, 1.2]),
    test('2951-2', 'Sodium', 'mmol/L', [140, 5, 0], [135, 145]),
    test('2823-3', 'Potassium', 'mmol/L', [4.2, 0.8, 1], [3.5, 5.1]),
  ],
};

const lipids: Panel = {
  code: '57698-3',
  text: 'Lipid panel',
  tests: [
    test('2093-3', 'Cholesterol', 'mg/dL', [195, 50, 0], [100, 200]),
    test('2571-8', 'Triglyceride', 'mg/dL', [140, 70, 0], [40, 150]),
    test('2085-9', 'Cholesterol in HDL', 'mg/dL', [52, 15, 0], [40, 80]),
    test('18262-6', 'Cholesterol in LDL', 'mg/dL', [115, 40, 0], [50, 130]),
  ],
};

const glycation: Panel = {
  code: '4548-4',
  text: 'Hemoglobin A1c/Hemoglobin.total in Blood',
  tests: [test('4548-4', 'Hemoglobin A1c', '%', [7.1, 1.4, 1], [4, 5.6])],
};

export const bloodCount: Panel = {
  code: '58410-2',
  text: 'Complete blood count',
  tests: [
    test('718-7', 'Hemoglobin', 'g/dL', [13.5, 2, 1], [12, 17]),
    test('6690-2', 'Leukocytes', '10*3/uL', [9, 5, 1], [4, 11]),
    test('777-3', 'Platelets', '10*3/uL', [250, 90, 0], [150, 400]),
    test('1988-5', 'C reactive protein', 'mg/L', [40, 45, 1], [0, 5]),
  ],
};

export const chronicConditions: readonly Chronic[] = [
  {
    code: '59621000',
    text: 'Essential hypertension',
    fromAge: 35,
    share: 0.4,
    drug: drug('314076', 'Lisinopril 10 MG Oral Tablet', 10, 'mg', 1, 'oral'),
    panel: basicMetabolic,
  },
  {
    code: '44054006',
    text: 'Type 2 diabetes mellitus',
    fromAge: 40,
    share: 0.2,
    drug: drug('861007', 'Metformin hydrochloride 500 MG Oral Tablet', 500, 'mg', 2, 'oral'),
    panel: glycation,
  },
  { code: '55822004', text: 'Hyperlipidemia', fromAge: 40, share: 0.3, drug: atorvastatin, panel: lipids },
  {
    code: '195967001',
    text: 'Asthma',
    fromAge: 6,
    share: 0.12,
    drug: drug('745679', 'Albuterol 0.09 MG/ACTUAT Metered Dose Inhaler', 2, 'puff', 2, 'inhaled'),
  },
  {
    code: '35489007',
    text: 'Depressive disorder',
    fromAge: 18,
    share: 0.12,
    drug: drug('312941', 'Sertraline 50 MG Oral Tablet', 50, 'mg', 1, 'oral'),
  },
  {
    code: '49436004',
    text: 'Atrial fibrillation',
    fromAge: 60,
    share: 0.15,
    drug: drug('1364445', 'Apixaban 5 MG Oral Tablet', 5, 'mg', 2, 'oral'),
    panel: basicMetabolic,
  },
];

export const acuteConditions: readonly Acute[] = [
  {
    code: '233604007',
    text: 'Pneumonia',
    fromAge: 1,
    days: [3, 8],
    procedure: { code: '399208008', text: 'Plain chest X-ray' },
    inHospital: [ceftriaxone, acetaminophen],
    atDischarge: amoxicillin,
  },
  {
    code: '74400008',
    text: 'Appendicitis',
    fromAge: 8,
    days: [2, 4],
    procedure: { code: '80146002', text: 'Appendectomy' },
    inHospital: [ceftriaxone, acetaminophen],
    atDischarge: acetaminophen,
  },
  {
    code: '22298006',
    text: 'Myocardial infarction',
    fromAge: 50,
    days: [4, 9],
    procedure: { code: '415070008', text: 'Percutaneous coronary intervention' },
    inHospital: [enoxaparin, aspirin, atorvastatin],
    atDischarge: aspirin,
  },
  {
    code: '84114007',
    text: 'Heart failure',
    fromAge: 60,
    days: [4, 10],
    procedure: { code: '40701008', text: 'Echocardiography' },
    inHospital: [furosemide, enoxaparin],
    atDischarge: furosemide,
  },
  {
    code: '5913000',
    text: 'Fracture of neck of femur',
    fromAge: 65,
    days: [5, 12],
    procedure: { code: '52734007', text: 'Total hip replacement' },
    inHospital: [enoxaparin, acetaminophen],
    atDischarge: enoxaparin,
  },
];

/** A code and what it is called. */
export type Coded = readonly [code: string, text: string];

export const allergies: readonly { code: string; text: string; category: string; reaction: Coded }[] = [
  {
    code: '91936005',
    text: 'Allergy to penicillin',
    category: 'medication',
    reaction: ['271807003', 'Eruption of skin'],
  },
  { code: '91935009', text: 'Allergy to peanut', category: 'food', reaction: ['39579001', 'Anaphylaxis'] },
  { code: '300916003', text: 'Latex allergy', category: 'environment', reaction: ['247472004', 'Hives'] },
  {
    code: '418689008',
    text: 'Allergy to grass pollen',
    category: 'environment',
    reaction: ['70076002', 'Rhinitis'],
  },
];

export const vaccines = [
  { code: '140', text: 'Influenza, seasonal, injectable, preservative free', everyYears: 1, fromAge: 1 },
  { code: '115', text: 'Tdap', everyYears: 10, fromAge: 11 },
  { code: '33', text: 'Pneumococcal polysaccharide PPV23', everyYears: 20, fromAge: 65 },
] as const;

export const routes: Readonly<Record<Drug['route'], Coded>> = {
  oral: ['26643006', 'Oral route'],
  intravenous: ['47625008', 'Intravenous route'],
  subcutaneous: ['34206005', 'Subcutaneous route'],
  inhaled: ['447694001', 'Respiratory tract route'],
};
