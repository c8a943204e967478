/** What the console reads of FHIR R4: only the members it shows. https://hl7.org/fhir/R4/ */

export interface Coding {
  readonly system?: string;
  readonly code?: string;
  readonly display?: string;
}

export interface Concept {
  readonly text?: string;
  readonly coding?: readonly Coding[];
}

export interface Period {
  readonly start?: string;
  readonly end?: string;
}

export interface HumanName {
  readonly use?: string;
  readonly text?: string;
  readonly family?: string;
  readonly given?: readonly string[];
}

export interface Identifier {
  readonly use?: string;
  readonly type?: Concept;
  readonly system?: string;
  readonly value?: string;
  readonly assigner?: { readonly display?: string };
}

export interface Resource {
  readonly resourceType: string;
  readonly id?: string;
  readonly [member: string]: unknown;
}

export interface PatientResource extends Resource {
  readonly name?: readonly HumanName[];
  readonly identifier?: readonly Identifier[];
  readonly birthDate?: string;
  readonly gender?: string;
  readonly address?: readonly { readonly city?: string; readonly state?: string }[];
}

export interface Section {
  readonly title?: string;
  readonly code?: Concept;
  readonly text?: { readonly div?: string };
  readonly emptyReason?: Concept;
}

export interface CompositionResource extends Resource {
  readonly title?: string;
  readonly date?: string;
  readonly text?: { readonly div?: string };
  readonly section?: readonly Section[];
}

export interface Bundle {
  readonly total?: number;
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
  readonly entry?: readonly { readonly resource: Resource; readonly search?: { readonly mode?: string } }[];
}

export function conceptText(concept: Concept | undefined): string {
  return (
    concept?.text ??
    concept?.coding?.find((coding) => coding.display)?.display ??
    concept?.coding?.[0]?.code ??
    ''
  );
}

/** A person's name as it is read; the usual one when there are several. */
export function nameText(names: readonly HumanName[] | undefined): string {
  const name = names?.find((one) => one.use === 'official') ?? names?.[0];
  if (!name) return 'Name unknown';
  return name.text ?? [...(name.given ?? []), name.family].filter(Boolean).join(' ');
}

const isRecordNumber = ({ type }: Identifier) => type?.coding?.some(({ code }) => code === 'MR') ?? false;

/** `MRN 4711 (GH)`: by these two patients of one name are told apart; the medical record number first. */
export function identifiersText(identifiers: readonly Identifier[] | undefined): string {
  const used = (identifiers ?? []).filter(({ use, value }) => use !== 'old' && value);
  const ordered = [...used.filter(isRecordNumber), ...used.filter((each) => !isRecordNumber(each))];
  return ordered.map(identifierText).join(', ');
}

function identifierText(identifier: Identifier): string {
  const { type, value, system, assigner } = identifier;
  const kind = isRecordNumber(identifier) ? 'MRN' : conceptText(type);
  const issuer = assigner?.display ?? system?.split(/[/:]/).at(-1)?.replaceAll('%20', ' ');
  return [kind, value, issuer && issuer !== kind && `(${issuer})`].filter(Boolean).join(' ');
}

/** `2026-11-22T09:30:00Z` → `22 Nov 2026, 09:30`; a date without a time stays one. UTC, as everything in Septum. */
export function dateText(value: string | undefined): string {
  if (!value) return '';
  if (value.length < 10) return value;
  const moment = new Date(value);
  const day = moment.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  });
  if (value.length === 10) return day;
  return `${day}, ${moment.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' })}`;
}
