/**
 * Which of several codes of version 2 that HL7's tables make one code of FHIR is written back: the general one, or the
 * one that says the same.
 */
export const preferred: Readonly<Record<string, readonly string[]>> = {
  // "Legal name" rather than "registered name"; "temporary name" rather than "temporary name of the newborn".
  NameType: ['L', 'TEMP'],
  // "Firm/business" rather than "office".
  'AddressType[Use]': ['B'],
  'AddressType[Type]': ['M'],
  // "Other" rather than "ambiguous" or "not applicable".
  AdministrativeSex: ['O'],
  'AllergenType[AllergyIntoleranceCategory]': ['EA'],
  // A mobile phone is told by its use.
  TelecommunicationEquipmentType: ['Internet', 'PH'],
  // "Legally separated" and "domestic partner", in the words of the code they stand for.
  MaritalStatus: ['E', 'P'],
};
