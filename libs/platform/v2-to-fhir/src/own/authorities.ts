/**
 * Assigning authorities whose numbers are known everywhere, by name and by the OID of the numbers, with the identifier
 * system that FHIR has for them. The names: USSSA is one of user-defined table 0363, DEA of table 0530; NPI, which is
 * a type of numbers (table 0203), and SSA are what senders write. The systems, of which each has a URI and an OID:
 * https://hl7.org/fhir/R4/identifier-registry.html, https://terminology.hl7.org/NamingSystem-USDEANumber.html
 */
export const npi = 'http://hl7.org/fhir/sid/us-npi';
export const ssn = 'http://hl7.org/fhir/sid/us-ssn';

export const authorities: Readonly<Record<string, string>> = {
  NPI: npi,
  '2.16.840.1.113883.4.6': npi,
  USSSA: ssn,
  SSA: ssn,
  '2.16.840.1.113883.4.1': ssn,
  DEA: 'urn:oid:2.16.840.1.113883.4.814',
};
