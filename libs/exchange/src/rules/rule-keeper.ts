import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '#platform/access';
import { asFault, Fault } from '#platform/fhir';
import { Messenger } from '#platform/messaging';
import {
  inForceAt,
  invalid,
  leastNoticeMs,
  readPack,
  RuleBook,
  ruleContracts,
  RuleLeader,
  type RuleChange,
  type RulePack,
} from '#platform/rules';
import { checkV2Rules } from './v2-mappers.ts';

/** The other contexts that decide by rules. */
export const deciders = ['transitions'] as const;

/** For telling all of them, beside what a change needs of notice. */
const tellingMs = 2_000;
const longestCallMs = 10_000;
/** Of a change that is to come at once. */
const usualNoticeMs = 10_000;

/**
 * Leads the installation's rules. A pack is added when every context that decides by it finds nothing wrong and keeps it.
 * A change of what is in force has two steps: each of them notes it durably, then it is settled here, in one row, well
 * before its instant; or it is void, and nothing changes anywhere.
 */
@Injectable()
export class RuleKeeper {
  constructor(
    @Inject(Messenger) private readonly messenger: Messenger,
    @Inject(RuleBook) private readonly book: RuleBook,
    @Inject(RuleLeader) private readonly leader: RuleLeader,
  ) {}

  /** Faults: `invalid` with all that is wrong, `conflict` when the version has another content, `unavailable`. */
  async add(caller: Caller, content: string): Promise<RulePack> {
    const pack = readPack(content);
    const texts = [content];
    const issues = [...checkV2Rules(pack)];
    for (const context of deciders)
      issues.push(...(await this.messenger.call(caller, ruleContracts(context).check, {}, { texts })).result);
    if (issues.length > 0) throw invalid(issues);
    await this.book.hold(content);
    for (const context of deciders)
      await this.messenger.call(caller, ruleContracts(context).hold, {}, { texts });
    return pack;
  }

  /**
   * From an instant on the pack is in force. `at`: milliseconds since the epoch; without it, as soon as all can know,
   * but not before the pack itself begins.
   *
   * @throws Fault `not-found`, `bad-parameter` for an instant that is too near or outside the pack's own dates,
   *   `unavailable` with the part that could not be told: then nothing changes
   */
  async activate(caller: Caller, name: string, version: string, at?: number): Promise<RuleChange> {
    const { start, end } = await this.book.pack(name, version);
    const instant = await this.#instant(at ?? start, at === undefined);
    if (start !== undefined && instant < start)
      throw new Fault(
        'bad-parameter',
        `${name}@${version} is not to be in force before ${instantText(start)}. Name that instant or a later one.`,
      );
    if (end !== undefined && instant >= end)
      throw new Fault(
        'bad-parameter',
        `${name}@${version} ended at ${instantText(end)}. Add a version that has not.`,
      );
    return this.#change(caller, { at: instant, name, version, until: end ?? null });
  }

  /** From an instant on Septum's own rules are in force again. Fault `not-found` when another pack is by then, or none. */
  async retire(caller: Caller, name: string, at?: number): Promise<RuleChange> {
    const instant = await this.#instant(at, at === undefined);
    const then = inForceAt(await this.book.changes(), instant);
    if (typeof then === 'string' || then.name !== name)
      throw new Fault(
        'not-found',
        `No pack ${name} is in force at ${instantText(instant)}. septum rules list tells; what is planned for later, septum rules rollback calls off.`,
      );
    return this.#change(caller, { at: instant, name, version: null, until: null });
  }

  async #instant(wanted: number | undefined, soonest: boolean): Promise<number> {
    const now = await this.leader.now();
    if (soonest) return Math.max(wanted ?? 0, now + usualNoticeMs);
    const earliest = now + leastNoticeMs + tellingMs;
    if (wanted !== undefined && wanted >= earliest) return wanted;
    throw new Fault(
      'bad-parameter',
      `All parts must know of a change before it comes. The earliest instant is ${instantText(earliest)}; leave it out to take the next.`,
    );
  }

  async #change(caller: Caller, wanted: Parameters<RuleLeader['propose']>[0]): Promise<RuleChange> {
    const { name, version } = wanted;
    const texts = version === null ? [] : [await this.book.contentOf(name, version)];
    const change = await this.leader.propose(wanted);
    const { position, at, until } = change;
    const noted = {
      position,
      at,
      name,
      ...(version === null ? {} : { version }),
      ...(until === null ? {} : { until }),
    };
    for (const context of deciders) {
      try {
        await this.messenger.call(caller, ruleContracts(context).note, noted, {
          texts,
          // Later it would be of no use, and much later no timer can wait for.
          deadline: Math.min(at - leastNoticeMs, Date.now() + longestCallMs),
        });
      } catch (error) {
        await this.leader.drop(position);
        throw new Fault(
          'unavailable',
          `Nothing changes: ${context} could not be told (${asFault(error).message}) Try again.`,
          {
            retryAfterSeconds: 5,
            cause: error,
          },
        );
      }
    }
    if (await this.leader.settle(position)) return { ...change, state: 'settled' };
    await this.leader.drop(position);
    throw new Fault(
      'unavailable',
      `Nothing changes: it took until ${instantText(at)} to tell all parts. Try again, with an instant that is further off.`,
      { retryAfterSeconds: 5 },
    );
  }
}

export function instantText(instant: number): string {
  return new Date(instant).toISOString();
}
