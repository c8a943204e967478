/**
 * How codes read that the tables write without a display, by code system. HL7's code maps bring the others.
 * https://terminology.hl7.org/codesystems.html
 */
export const displays: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'http://terminology.hl7.org/CodeSystem/v3-ActCode': {
    AMB: 'ambulatory',
    EMER: 'emergency',
    IMP: 'inpatient encounter',
    PRENC: 'pre-admission',
    SS: 'short stay',
    OBSENC: 'observation encounter',
    DEMO: 'all demographic information sensitivity',
    LOCIS: 'location information sensitivity',
    PHY: 'physician requested information sensitivity',
    PRS: 'patient requested information sensitivity',
  },
  'http://terminology.hl7.org/CodeSystem/v3-ParticipationType': {
    ADM: 'admitter',
    ATND: 'attender',
    CON: 'consultant',
    PART: 'Participation',
    REF: 'referrer',
  },
  'http://terminology.hl7.org/CodeSystem/v3-RoleCode': { MTH: 'mother' },
  'http://terminology.hl7.org/CodeSystem/location-physical-type': {
    bd: 'Bed',
    bu: 'Building',
    lvl: 'Level',
    ro: 'Room',
    si: 'Site',
    wa: 'Ward',
  },
  'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical': {
    active: 'Active',
    inactive: 'Inactive',
    resolved: 'Resolved',
  },
  'http://terminology.hl7.org/CodeSystem/condition-ver-status': { 'entered-in-error': 'Entered in Error' },
  'http://terminology.hl7.org/CodeSystem/coverage-class': { group: 'Group', plan: 'Plan' },
  'http://terminology.hl7.org/CodeSystem/practitioner-role': { responsibleObserver: 'Responsible Observer' },
  'http://terminology.hl7.org/CodeSystem/v2-0136': { Y: 'Yes', N: 'No' },
  'http://terminology.hl7.org/CodeSystem/v2-0203': {
    MA: 'Patient Medicaid number',
    MC: "Patient's Medicare number",
    PGN: 'Placer Group Number',
  },
  'http://terminology.hl7.org/CodeSystem/v2-0205': {
    AP: 'administrative price or handling fee',
    DC: 'direct unit cost',
    IC: 'indirect unit cost',
    PF: 'professional fee for performing provider',
    TF: 'technology fee for use of equipment',
    TP: 'total price',
    UP: 'unit price, may be based on length of procedure or service',
  },
  'http://terminology.hl7.org/CodeSystem/v2-0912': { MDIR: 'Medical Director' },
  'http://snomed.info/sct': { '88189002': 'Anesthesiologist', '304292004': 'Surgeon' },
};
