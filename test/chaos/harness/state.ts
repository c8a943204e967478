import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '#platform/testing';
import type { AppliedEvent, PublishedEvent, StoredVersion } from './checkers.ts';
import { attempt } from './api.ts';
import type { HouseUnderFire } from './house-under-fire.ts';
import { ledgerSystem, valueHash } from './ledger.ts';

interface HistoryEntry {
  readonly resource?: Readonly<Record<string, unknown>>;
  readonly response: { readonly etag: string; readonly lastModified: string };
}

/**
 * Every version of every resource of these types. Which resources there are is asked of the database, so that one
 * nobody was told of is found too; what they hold is asked of the API, by `_history`.
 */
export async function storedVersions(
  house: HouseUnderFire,
  types: Readonly<Record<string, string>>,
): Promise<StoredVersion[]> {
  const resources: string[] = [];
  for (const [type, context] of Object.entries(types)) {
    const rows = await house.query<{ id: string }>(`select id from ${context}.resource where type = $1`, [
      type,
    ]);
    resources.push(...rows.map(({ id }) => `${type}/${id}`));
  }
  const versions: StoredVersion[] = [];
  const askSome = async (): Promise<void> => {
    for (let next = resources.pop(); next !== undefined; next = resources.pop()) {
      versions.push(...(await historyOf(house, next)));
    }
  };
  await Promise.all(Array.from({ length: 8 }, askSome));
  return versions;
}

/** Of one resource, all versions. */
export async function historyOf(house: HouseUnderFire, resource: string): Promise<StoredVersion[]> {
  const entries = await eventually(async () => {
    // A part that was killed a moment ago may refuse one more time; what is stored does not change for that.
    const { status, body } = await attempt(house, 'GET', `${resource}/_history?_count=1000`);
    if (status !== 200) throw new Error(`The history of ${resource} is answered ${status}.`);
    return (body['entry'] ?? []) as readonly HistoryEntry[];
  });
  return entries.map(({ resource: content = {}, response }) => {
    const identifiers = (content['identifier'] ?? []) as readonly { system?: string; value?: string }[];
    const write = identifiers.find(({ system }) => system === ledgerSystem)?.value;
    return {
      resource,
      version: Number(/\d+/.exec(response.etag)?.[0]),
      lastUpdated: Date.parse(response.lastModified),
      valueHash: valueHash(content),
      ...(write === undefined ? {} : { write }),
    };
  });
}

/** What a context published, of one event type or of all. */
export function outboxOf(house: HouseUnderFire, context: string, pattern = ''): Promise<PublishedEvent[]> {
  return house.query<PublishedEvent>(
    `select message_id as id, order_key as "orderKey", order_sequence::float8 as "orderSequence",
            position::float8 as position from ${context}.outbox where strpos(pattern, $1) > 0`,
    [pattern],
  );
}

/**
 * All that a context published, once nothing waits there or `limitMs` have gone by. A commit in a process that does not
 * relay is found by the other's next poll, so an event may wait for its position although nobody failed.
 */
export async function settledOutbox(
  house: HouseUnderFire,
  context: string,
  limitMs = 120_000,
): Promise<PublishedEvent[]> {
  for (const until = Date.now() + limitMs; ; await sleep(100)) {
    const outbox = await outboxOf(house, context);
    if (outbox.every(({ position }) => position !== null) || Date.now() > until) return outbox;
  }
}

/** What a subscription of a context applied. */
export function inboxOf(
  house: HouseUnderFire,
  context: string,
  subscription: string,
): Promise<AppliedEvent[]> {
  return house.query<AppliedEvent>(
    `select message_id as id, extract(epoch from applied_at)::float8 as "appliedAt" from ${context}.inbox
      where strpos(subscription, $1) > 0`,
    [subscription],
  );
}
