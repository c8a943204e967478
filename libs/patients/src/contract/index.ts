export { patientsResources } from './patients-resources.ts';
export { patientLookup, personRecords, replacedBy } from './person-records.ts';
