import type { LedgerEntry } from './ledger.ts';

/** One version of one resource, as the API tells it. */
export interface StoredVersion {
  /** `Type/id`. */
  readonly resource: string;
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly lastUpdated: number;
  /** The name of the write it carries: the key, or `key#part` of a transaction; absent: not of the ledger. */
  readonly write?: string;
  readonly valueHash: string;
}

/** Names of the versions that each write left. */
function byWrite(state: readonly StoredVersion[]): Map<string, StoredVersion[]> {
  return Map.groupBy(
    state.filter(({ write }) => write !== undefined),
    ({ write }) => write!,
  );
}

/**
 * The ledger against the state: what was acknowledged is there, once, as it was sent and under the version that was
 * told; what was refused is not; what nobody knows of is there at most once; nothing is there that nobody asked for.
 */
export function lostOrDoubled(ledger: readonly LedgerEntry[], state: readonly StoredVersion[]): string[] {
  const found = byWrite(state);
  const faults: string[] = [];
  for (const entry of ledger) {
    for (const [write, hash] of Object.entries(entry.values)) {
      const versions = found.get(write) ?? [];
      found.delete(write);
      if (entry.outcome === 'ok' && versions.length === 0) faults.push(`lost: ${entry.op} ${write}`);
      if (entry.outcome === 'fail' && versions.length > 0) faults.push(`refused, yet stored: ${write}`);
      if (versions.length > 1) faults.push(`stored ${versions.length} times: ${entry.op} ${write}`);
      if (versions.some(({ valueHash }) => valueHash !== hash)) faults.push(`changed: ${write}`);
      const [stored] = versions;
      if (entry.version !== undefined && stored !== undefined && stored.version !== entry.version) {
        faults.push(`acknowledged as version ${entry.version}, stored as ${stored.version}: ${write}`);
      }
    }
  }
  for (const write of found.keys()) faults.push(`nobody wrote: ${write}`);
  return faults;
}

/** Versions of each resource go from 1 on without a hole or a double, later ones are later, no two follow the same one. */
export function brokenChains(ledger: readonly LedgerEntry[], state: readonly StoredVersion[]): string[] {
  const faults: string[] = [];
  for (const [resource, versions] of Map.groupBy(state, (version) => version.resource)) {
    const chain = versions.toSorted((one, other) => one.version - other.version);
    chain.forEach(({ version, lastUpdated }, index) => {
      const before = chain[index - 1];
      if (before === undefined && version !== 1) faults.push(`${resource}: begins with version ${version}`);
      if (before === undefined) return;
      if (version === before.version) faults.push(`${resource}: version ${version} twice`);
      else if (version !== before.version + 1) {
        faults.push(`${resource}: hole between versions ${before.version} and ${version}`);
      }
      if (lastUpdated <= before.lastUpdated) faults.push(`${resource}: version ${version} is not later`);
    });
  }
  const followers = ledger.filter(
    ({ outcome, seenVersion }) => outcome === 'ok' && seenVersion !== undefined,
  );
  const branches = Map.groupBy(
    followers,
    ({ resource, seenVersion }) => `${resource} version ${seenVersion}`,
  );
  for (const [origin, entries] of branches) {
    if (entries.length > 1) faults.push(`fork: ${entries.length} acknowledged updates of ${origin}`);
  }
  return faults;
}

/** Of each transaction all parts are stored or none; all when it was acknowledged, none when it was refused. */
export function partialTransactions(
  ledger: readonly LedgerEntry[],
  state: readonly StoredVersion[],
): string[] {
  const found = byWrite(state);
  return ledger.flatMap(({ op, key, values, outcome }) => {
    if (op !== 'transaction') return [];
    const parts = Object.keys(values);
    const stored = parts.filter((part) => found.has(part)).length;
    if (stored > 0 && stored < parts.length) return [`partial: ${stored} of ${parts.length} parts of ${key}`];
    if (outcome === 'ok' && stored === 0) return [`lost transaction: ${key}`];
    if (outcome === 'fail' && stored > 0) return [`refused transaction, yet stored: ${key}`];
    return [];
  });
}

/** An event as its publisher's outbox holds it. */
export interface PublishedEvent {
  readonly id: string;
  readonly orderKey: string;
  readonly orderSequence: number;
  /** The place in the one order of all readers; null: not published yet. */
  readonly position: number | null;
}

/** An event's mark in a subscriber's inbox, by when it was applied. */
export interface AppliedEvent {
  readonly id: string;
  /** Any number that grows with time. */
  readonly appliedAt: number;
}

/** The outbox by itself: all is published, sequences of an order key and positions have no hole and follow each other. */
export function brokenOutbox(outbox: readonly PublishedEvent[]): string[] {
  const faults: string[] = [];
  const unpublished = outbox.filter(({ position }) => position === null).length;
  if (unpublished > 0) faults.push(`${unpublished} events are not published`);
  for (const [orderKey, events] of Map.groupBy(outbox, (event) => event.orderKey)) {
    const inOrder = events.toSorted((one, other) => one.orderSequence - other.orderSequence);
    inOrder.forEach(({ orderSequence, position }, index) => {
      if (orderSequence !== index + 1)
        faults.push(`${orderKey}: sequence ${orderSequence} at place ${index + 1}`);
      const before = inOrder[index - 1]?.position ?? 0;
      if (position !== null && position <= before)
        faults.push(`${orderKey}: position ${position} after ${before}`);
    });
  }
  const positions = outbox.flatMap(({ position }) => (position === null ? [] : [position]));
  if (new Set(positions).size !== positions.length) faults.push('two events have one position');
  return faults;
}

/** Outbox against inbox: every event applied, once, in the order of its key, and nothing that was never published. */
export function misapplied(outbox: readonly PublishedEvent[], inbox: readonly AppliedEvent[]): string[] {
  const faults: string[] = [];
  const marks = Map.groupBy(inbox, ({ id }) => id);
  const last = new Map<string, number>();
  for (const { id, orderKey, orderSequence } of outbox.toSorted(
    (one, other) => one.orderSequence - other.orderSequence,
  )) {
    const applied = marks.get(id) ?? [];
    marks.delete(id);
    if (applied.length === 0) faults.push(`not applied: event ${orderSequence} of ${orderKey}`);
    if (applied.length > 1)
      faults.push(`applied ${applied.length} times: event ${orderSequence} of ${orderKey}`);
    for (const { appliedAt } of applied) {
      if (appliedAt < (last.get(orderKey) ?? 0))
        faults.push(`out of order: event ${orderSequence} of ${orderKey}`);
      last.set(orderKey, Math.max(appliedAt, last.get(orderKey) ?? 0));
    }
  }
  for (const id of marks.keys()) faults.push(`applied, yet never published: ${id}`);
  return faults;
}
