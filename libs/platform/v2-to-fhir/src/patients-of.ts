import type { Identity, Mapped, MappedResource } from './mapped.ts';

/** Whom a message is about. */
export interface PatientsOf {
  /** Undefined: nobody. Of a message about several, the first. */
  readonly patient: Identity | undefined;
  /** Who is merged into that one. */
  readonly merged: Identity | undefined;
}

/** The patients of a mapped message, by that by which their resources are found again. */
export function patientsOf({ resources }: Pick<Mapped, 'resources'>): PatientsOf {
  const patients = resources.filter(({ type }) => type === 'Patient');
  const merged = patients.find(isReplaced);
  const patient = patients.find((each) => each !== merged);
  return { patient: (patient ?? merged)?.identity, merged: patient && merged?.identity };
}

/** https://hl7.org/fhir/R4/valueset-link-type.html */
function isReplaced({ content }: MappedResource): boolean {
  const links = content['link'] as readonly { readonly type?: string }[] | undefined;
  return links?.some(({ type }) => type === 'replaced-by') === true;
}
