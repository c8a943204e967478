import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the client knows of a write: done, refused, or that nobody told. */
export type Outcome = 'ok' | 'fail' | 'unknown';

/** One write as its client saw it. Times in milliseconds since the epoch. */
export interface LedgerEntry {
  readonly op: 'create' | 'update' | 'transaction';
  /** The Idempotency-Key. What is stored carries it too, so that the state can be held against the ledger. */
  readonly key: string;
  /** `Type/id`, where the client knows it. */
  readonly resource?: string;
  /** Of what was sent; of a transaction, by the name of each part. */
  readonly values: Readonly<Record<string, string>>;
  /** The version that an update said it saw. */
  readonly seenVersion?: number;
  readonly called: number;
  readonly returned: number;
  readonly outcome: Outcome;
  /** The version that was acknowledged. */
  readonly version?: number;
  /** HTTP status of each attempt; 0: the connection broke or time ran out. */
  readonly statuses: readonly number[];
}

/** The record of all writes, kept by the test: none of the processes that are killed can touch it. */
export class Ledger {
  readonly entries: LedgerEntry[] = [];

  add(entry: LedgerEntry): LedgerEntry {
    this.entries.push(entry);
    return entry;
  }

  count(outcome: Outcome): number {
    return this.entries.filter((entry) => entry.outcome === outcome).length;
  }

  /** Every status that was answered, and how often. */
  statuses(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const status of this.entries.flatMap((entry) => entry.statuses)) {
      counts[status] = (counts[status] ?? 0) + 1;
    }
    return counts;
  }

  /** Writes it down as JSON lines, for whoever looks into a failure. Answers where. */
  save(seed: number): string {
    const file = join(tmpdir(), `septum-ledger-${seed}.jsonl`);
    writeFileSync(file, this.entries.map((entry) => JSON.stringify(entry)).join('\n'));
    return file;
  }
}

/** The system of the identifier by which a stored resource names its write. */
export const ledgerSystem = 'urn:septum:test:ledger';

/** Of a resource without what the server adds or, in references, replaces; the order of properties does not matter. */
export function valueHash(resource: object): string {
  const { id: _id, meta: _meta, ...sent } = resource as Record<string, unknown>;
  return createHash('sha256')
    .update(JSON.stringify(sorted(sent)))
    .digest('base64url');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([name]) => name !== 'reference')
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}
