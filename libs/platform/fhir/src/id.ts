/** What an id looks like. https://hl7.org/fhir/R4/datatypes.html#id */
export const idForm = /^[A-Za-z0-9\-.]{1,64}$/;
