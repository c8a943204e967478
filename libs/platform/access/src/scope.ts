import { Fault } from '#platform/fhir';
import type { Caller } from './caller.ts';

/** Create, read, update, delete, search. https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html */
export type Interaction = 'c' | 'r' | 'u' | 'd' | 's';

export interface Scope {
  readonly level: 'patient' | 'user' | 'system';
  /** A resource type, or `*`. */
  readonly type: string;
  /** A subset of `cruds`, in that order. */
  readonly interactions: string;
}

const grammar = /^(patient|user|system)\/(\*|[A-Z][A-Za-z]{1,63})\.(?=.)(c?r?u?d?s?)$/;

const names: Readonly<Record<Interaction, string>> = {
  c: 'create',
  r: 'read',
  u: 'update',
  d: 'delete',
  s: 'search',
};

/** A SMART scope, version 2. What does not match the grammar, a search restriction included, grants nothing. */
export function parseScope(text: string): Scope | undefined {
  const match = grammar.exec(text);
  if (match === null) return undefined;
  const [, level, type, interactions] = match as unknown as [string, Scope['level'], string, string];
  return { level, type, interactions };
}

/** Whether a scope counts for this caller: one of another level than the caller's own never does. */
function isEntitledTo(caller: Caller, scope: Scope): boolean {
  if (scope.level === 'patient') return caller.patients !== undefined;
  return scope.level === 'user' ? caller.kind === 'user' : caller.kind !== 'user';
}

type Grants = ReadonlyMap<string, string>;

const grantsByCaller = new WeakMap<Caller, Grants>();

function grantsOf(caller: Caller): Grants {
  const known = grantsByCaller.get(caller);
  if (known !== undefined) return known;
  const grants = new Map<string, string>();
  for (const text of caller.scopes) {
    const scope = parseScope(text);
    if (scope === undefined || !isEntitledTo(caller, scope)) continue;
    grants.set(scope.type, (grants.get(scope.type) ?? '') + scope.interactions);
  }
  grantsByCaller.set(caller, grants);
  return grants;
}

export function hasScope(caller: Caller, type: string, interaction: Interaction): boolean {
  const grants = grantsOf(caller);
  return (
    (grants.get(type)?.includes(interaction) ?? false) || (grants.get('*')?.includes(interaction) ?? false)
  );
}

/** Refuses with `forbidden` unless one of the caller's scopes names this interaction on this type. No scopes: nothing. */
export function assertScope(caller: Caller, type: string, interaction: Interaction): void {
  if (hasScope(caller, type, interaction)) return;
  throw new Fault(
    'forbidden',
    `No scope of this token allows to ${names[interaction]} ${type}. Ask for one such as "${levelOf(caller)}/${type}.${interaction}".`,
  );
}

function levelOf(caller: Caller): Scope['level'] {
  if (caller.patients !== undefined) return 'patient';
  return caller.kind === 'user' ? 'user' : 'system';
}
