import { usualTables, type CodeMap, type SitePack } from '#platform/v2-to-fhir';
import type { Value } from '#platform/hl7v2';
import { preferred } from './preferred-codes.ts';

/** A code as both sides have it. */
export interface Code {
  readonly system: string | undefined;
  readonly code: string;
}

/**
 * The short names of version 2 for URIs, and its codes for codes of FHIR: the tables of #platform/v2-to-fhir the other way
 * round, with the same site pack. A code that several codes of version 2 stand for is turned back only where
 * `preferred-codes.ts` chooses.
 */
export class Vocabulary {
  readonly #codeMaps: Readonly<Record<string, CodeMap>>;
  readonly #codeSystems: ReadonlyMap<string, string>;
  readonly #authorities: ReadonlyMap<string, string>;
  readonly #prefixes: { readonly codeSystem: string; readonly authority: string };
  readonly #inverted = new Map<string, ReadonlyMap<string, string>>();

  constructor(pack: SitePack = {}) {
    const tables = usualTables(pack.tables);
    const installation = pack.installation ?? 'urn:septum';
    this.#codeMaps = tables.codeMaps;
    this.#codeSystems = turned(tables.codeSystems);
    this.#authorities = turned(tables.authorities);
    this.#prefixes = {
      codeSystem: tables.codeSystems['*'] ?? `${installation}:code-system:`,
      authority: tables.authorities['*'] ?? `${installation}:authority:`,
    };
  }

  /** CWE.3 for a system: `LN`; a system without a short name stands there itself. */
  codeSystem(uri: string | undefined): string | undefined {
    if (uri === undefined) return undefined;
    const table = /^http:\/\/terminology\.hl7\.org\/CodeSystem\/v2-(\d{4})$/.exec(uri)?.[1];
    return (
      this.#codeSystems.get(uri) ??
      (table === undefined ? undefined : `HL7${table}`) ??
      nameBehind(uri, this.#prefixes.codeSystem) ??
      uri
    );
  }

  /** An assigning authority (HD) for an identifier system. https://terminology.hl7.org/CodeSystem-v2-0301.html */
  authority(system: string | undefined): readonly Value[] {
    if (system === undefined) return [];
    const name = this.#authorities.get(system) ?? nameBehind(system, this.#prefixes.authority);
    if (name !== undefined) return [name];
    const [, kind, id] = /^urn:(oid|uuid):(.+)$/.exec(system) ?? [];
    if (id !== undefined) return ['', id, kind === 'oid' ? 'ISO' : 'UUID'];
    return system.includes(':') ? ['', system, 'URI'] : [system];
  }

  /** The code of version 2 that a map makes this one of, and the name of its table. */
  codeOf(map: string, { system, code }: Code): { code: string; table: string | undefined } | undefined {
    const { from: table } = this.#codeMaps[map] ?? {};
    if (table !== undefined && this.codeSystem(system) === table) return { code, table };
    const inverse = this.#inverseOf(map);
    const found = inverse.get(keyOf(system, code)) ?? (system === undefined ? undefined : inverse.get(code));
    return found === undefined ? undefined : { code: found, table };
  }

  /** The code of version 2 for a value of a type `code`, whose system is understood. */
  plainCodeOf(map: string, code: string | undefined): string | undefined {
    if (code === undefined) return undefined;
    const targets = Object.values(this.#codeMaps[map]?.codes ?? {});
    const system = targets.find(([target]) => target === code)?.[2];
    return this.codeOf(map, { system, code })?.code;
  }

  #inverseOf(map: string): ReadonlyMap<string, string> {
    const known = this.#inverted.get(map);
    if (known) return known;
    const found = new Map<string, string[]>();
    for (const [code, [target, , system]] of Object.entries(this.#codeMaps[map]?.codes ?? {})) {
      const key = keyOf(system, target);
      found.set(key, [...(found.get(key) ?? []), code]);
    }
    const chosen = preferred[map] ?? [];
    const inverse = new Map<string, string>();
    for (const [key, codes] of found) {
      const choice = codes.length === 1 ? codes[0] : codes.find((code) => chosen.includes(code));
      if (choice !== undefined) inverse.set(key, choice);
    }
    this.#inverted.set(map, inverse);
    return inverse;
  }
}

/** A target without a system is meant whatever the system. */
function keyOf(system: string | undefined, code: string): string {
  return system === undefined ? code : `${system}|${code}`;
}

/** Of several names for one URI the first is used. */
function turned(names: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(names)
      .filter(([name]) => name !== '*')
      .toReversed()
      .map(([name, uri]) => [uri, name]),
  );
}

function nameBehind(uri: string, prefix: string): string | undefined {
  if (!uri.startsWith(prefix) || uri.length === prefix.length) return undefined;
  try {
    return decodeURIComponent(uri.slice(prefix.length));
  } catch {
    return undefined;
  }
}
