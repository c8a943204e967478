import { displays } from './own/displays.ts';
import type { CodeMap, Tables } from './tables.ts';
import { Leaf, Many, type Tree } from './tree.ts';

const oid = /^[012](\.\d+){3,}$/;
/** An identifier that is long enough to be no number of another kind. */
const evidentOid = /^[012](\.(0|[1-9]\d*)){5,}$/;
const v2Table = /^HL7(\d{4})$/;

/**
 * URIs for the short names of version 2. What neither HL7, a pack nor the name itself tells becomes a URN of the
 * installation, the same each time: `urn:septum:authority:GHH`, `urn:septum:code-system:99ABC`.
 */
export class Vocabulary {
  readonly #codeSystems: Readonly<Record<string, string>>;
  readonly #authorities: Readonly<Record<string, string>>;
  readonly #installation: string;
  readonly #displays: ReadonlyMap<string, ReadonlyMap<string, string>>;

  constructor(tables: Tables, installation: string) {
    this.#codeSystems = tables.codeSystems;
    this.#authorities = tables.authorities;
    this.#installation = installation;
    this.#displays = displaysOf(tables.codeMaps);
  }

  /** How a code reads, where the tables know it. */
  display(system: unknown, code: unknown): string | undefined {
    return this.#displays.get(system as string)?.get(code as string);
  }

  /** `LN` → http://loinc.org. None for what HL7's examples write where a table is still to be named. */
  codeSystem(name: string): string | undefined {
    if (name === 'HL7nnnn') return undefined;
    return (
      this.#codeSystems[name] ?? tableUri(name) ?? this.#uri(name, this.#codeSystems['*'], 'code-system')
    );
  }

  /** The identifier system of an assigning authority: what its name or universal id is known for, else the id as a URI, else ours. */
  authority(name: string | undefined, universal?: string, kind?: string): string | undefined {
    const known = this.#authorities[name ?? ''] ?? this.#authorities[universal ?? ''];
    if (known !== undefined) return known;
    const given = universalUri(universal, kind);
    if (given !== undefined) return given;
    const plain = name ?? universal;
    return plain === undefined ? undefined : this.#uri(plain, this.#authorities['*'], 'authority');
  }

  /** `*` in a table stands for all other names: a URI that the name is put behind. */
  #uri(name: string, prefix: string | undefined, kind: string): string {
    if (oid.test(name)) return `urn:oid:${name}`;
    if (/^(https?:|urn:)/.test(name)) return name.replace(/\s/g, '');
    return (prefix ?? `${this.#installation}:${kind}:`) + encodeURIComponent(name);
  }
}

function displaysOf(codeMaps: Tables['codeMaps']): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const found = new Map<string, Map<string, string>>();
  for (const [system, codes] of Object.entries(displays)) found.set(system, new Map(Object.entries(codes)));
  for (const { codes } of Object.values(codeMaps))
    for (const [code, display, system] of Object.values(codes)) {
      if (!system || !display) continue;
      const ofSystem = found.get(system) ?? new Map<string, string>();
      found.set(system, ofSystem);
      if (!ofSystem.has(code)) ofSystem.set(code, display);
    }
  return found;
}

function tableUri(name: string): string | undefined {
  const number = v2Table.exec(name)?.[1];
  return number === undefined ? undefined : `http://terminology.hl7.org/CodeSystem/v2-${number}`;
}

/** The universal id of an HD as a URI. https://terminology.hl7.org/CodeSystem-v2-0301.html */
export function universalUri(id: string | undefined, kind: string | undefined): string | undefined {
  if (id === undefined) return undefined;
  const plain = id.replace(/\s/g, '');
  if (kind === 'ISO' || evidentOid.test(plain)) return `urn:oid:${plain}`;
  if (kind === 'UUID' || kind === 'GUID') return `urn:uuid:${plain.toLowerCase()}`;
  return kind === 'URI' && plain.includes(':') ? plain : undefined;
}

/** Codes of a CodeableConcept or Coding that are of the v2 table, or of none named, become those they map to. */
export function translateCodings(concept: Tree, map: CodeMap, vocabulary: Vocabulary): void {
  const codings = concept.get('coding');
  if (codings instanceof Many)
    for (const coding of codings.items.values()) translate(coding as Tree, map, vocabulary);
  else translate(concept, map, vocabulary);
}

function translate(coding: Tree, map: CodeMap, vocabulary: Vocabulary): void {
  const code = coding.get('code');
  const system = coding.get('system');
  if (!(code instanceof Leaf)) return;
  const table = map.from === undefined ? undefined : vocabulary.codeSystem(map.from);
  if (system instanceof Leaf && system.value !== table) return;
  const found = map.codes[String(code.value)];
  if (!found) return;
  const [target, display, targetSystem] = found;
  const leaf = (value: string): Leaf => new Leaf(value, code.origin, code.writer);
  coding.set('code', leaf(target));
  if (display) coding.set('display', leaf(display));
  if (targetSystem) coding.set('system', leaf(targetSystem));
}
