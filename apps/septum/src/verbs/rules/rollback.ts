import { Fault } from '#platform/fhir';
import { inForceAt, type InForce, type RuleChange } from '#platform/rules';
import { FhirApi } from '../api/fhir-api.ts';
import type { Parts } from '../api/parameters.ts';
import { verb } from '../verb.ts';
import { atFlag, change, type ChangeOptions } from './change.ts';
import { rulesOf } from './list.ts';

/** What is to be in force; without a version: the rules that Septum brings, and no longer the pack of this name. */
interface Wanted {
  readonly name: string;
  readonly version?: string;
}

interface Planned {
  /** `north@2026.3`, or `north retired`. */
  readonly what: string;
  readonly at: string;
  /** What would hold then without it. */
  readonly instead: Wanted;
}

/** A change needs five seconds of notice; one more is for the way there. */
const noticeMs = 6_000;

export function rollbackVerb() {
  return verb<ChangeOptions>(
    'rollback',
    'call off the change that is planned; where none is, have in force again what was before',
    atFlag,
    async (options, told) => {
      const api = await FhirApi.open(options);
      const { changes } = await rulesOf(api);
      const { calledOff, ...wanted } = toBack(changes, options.at, Date.now());
      const says = calledOff === undefined ? '' : `${calledOff}, planned for ${wanted.at}, is called off. `;
      await change(api, wanted, told, says);
    },
  );
}

/**
 * What to ask for to go back: a change that is planned is called off by another one for its instant, since of two the one
 * that was decided later holds, and nothing that was settled is taken back.
 */
export function toBack(
  changes: readonly Parts[],
  at: string | undefined,
  now: number,
): Wanted & { readonly at: string | undefined; readonly calledOff?: string } {
  const all = planned(changes, now);
  const meant = at === undefined ? all : all.filter((each) => Date.parse(each.at) === Date.parse(at));
  const [first, second] = meant;
  if (first === undefined) return { ...previous(changes, now), at };
  if (second !== undefined)
    throw new Fault(
      'bad-parameter',
      `Several changes are planned: ${meant.map((each) => `${each.what} from ${each.at}`).join(', ')}. Name the instant of the one to call off: septum rules rollback --at ${first.at}.`,
    );
  if (Date.parse(first.at) < now + noticeMs)
    throw new Fault(
      'bad-parameter',
      `${first.what} comes at ${first.at}, too soon to be called off. Wait until then, and run septum rules rollback again.`,
    );
  return { ...first.instead, at: first.at, calledOff: first.what };
}

/** The changes to come, but for those that were called off. */
export function planned(changes: readonly Parts[], now: number): readonly Planned[] {
  const schedule = scheduleOf(changes);
  return instantsOf(schedule.filter(({ at }) => at > now)).flatMap((at) => {
    const others = schedule.filter((each) => each.at !== at);
    const [then, otherwise] = [inForceAt(schedule, at), inForceAt(others, at)];
    if (same(then, otherwise)) return [];
    const { name } = schedule.findLast((each) => each.at === at)!;
    const what = typeof then === 'string' ? `${name} retired` : `${then.name}@${then.version}`;
    return [{ what, at: new Date(at).toISOString(), instead: wanted(otherwise, name) }];
  });
}

/** What was in force before; without a version: none was. */
export function previous(changes: readonly Parts[], now: number): Wanted {
  const schedule = scheduleOf(changes).filter(({ at }) => at <= now);
  const held = instantsOf(schedule).map((at) => inForceAt(schedule, at));
  const [current = 'none', before = 'none'] = held
    .filter((each, at) => !same(each, held[at - 1]))
    .toReversed();
  if (typeof current === 'string')
    throw new Fault(
      'not-found',
      'No pack is in force. septum rules list tells what was; activate names a version.',
    );
  return wanted(before, current.name);
}

/** As they are listed, by instant, and for one instant in the order in which they were decided. */
function scheduleOf(changes: readonly Parts[]): readonly RuleChange[] {
  const settled = changes.filter(({ state }) => state === 'settled');
  return settled.map(({ at, name, version, until }, position) => ({
    position,
    at: Date.parse(String(at)),
    name: String(name),
    version: version === undefined ? null : String(version),
    until: until === undefined ? null : Date.parse(String(until)),
    state: 'settled',
  }));
}

function instantsOf(schedule: readonly RuleChange[]): readonly number[] {
  return [...new Set(schedule.map(({ at }) => at))];
}

function wanted(held: InForce, retired: string): Wanted {
  return typeof held === 'string' ? { name: retired } : held;
}

function same(one: InForce, other: InForce | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
