import { fields, type Fields, type Issue } from '#platform/fhir';

/** One artefact of a pack. */
export interface PackEntry {
  /** Where it stands in the file: `Bundle.entry[3].resource`. */
  readonly place: string;
  readonly type: string;
  readonly resource: Fields;
}

/** A versioned package of rules. Under one name and version there is one content, for ever. */
export interface RulePack {
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the file, in hexadecimal. */
  readonly hash: string;
  readonly title: string | undefined;
  /** Milliseconds since the epoch: it is in force not before the one and no longer than the other. */
  readonly start: number | undefined;
  readonly end: number | undefined;
  /** All but the manifest; what they say is for those to read who decide by it. */
  readonly entries: readonly PackEntry[];
}

/** What a document, a message or a person calls a pack: `north|2026.1`. */
export function packCode({ name, version }: Pick<RulePack, 'name' | 'version'>): string {
  return `${name}|${version}`;
}

/** What is wrong at a place of a pack, and what to write there. */
export function packIssue(place: string, diagnostics: string): Issue {
  return { severity: 'error', code: 'invalid', diagnostics, expression: place };
}

/** An element that may repeat, each with its place. */
export function itemsAt(place: string, name: string, parent: Fields): readonly (readonly [string, Fields])[] {
  const items = parent[name];
  return Array.isArray(items)
    ? items.map((item: unknown, at) => [`${place}.${name}[${at}]`, fields(item)] as const)
    : [];
}
