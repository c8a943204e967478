import { setImmediate } from 'node:timers/promises';
import { hasScope, rowPolicy, type Caller } from '#platform/access';
import { Fault } from '#platform/fhir';
import type { Reply } from '#platform/messaging';
import { resourcesImported, type Imported, type ImportResources, type Rejected } from './contract/import.ts';
import type { StoreParts } from './store-parts.ts';
import { prepareWrite, type PreparedWrite } from './write/prepared-write.ts';
import { inLockOrder, writeStatement, type OutcomeRow } from './write/write-statement.ts';

interface Draft {
  /** Place among the entries. */
  readonly index: number;
  readonly write: PreparedWrite;
}

/** What one statement writes: large enough to share a commit, small enough that others are served in between. */
const chunkSize = 100;

/**
 * Many resources, each as `PUT Type/id`, without rules of care, which the audit says. What is stored already with the
 * same content stays as it is, so importing twice changes nothing; a resource that recurs in the batch becomes a
 * further version. One event tells of each statement's share of the batch.
 */
export async function importResources(
  store: StoreParts,
  caller: Caller,
  { entries, substitutions }: ImportResources,
  texts: readonly string[],
): Promise<Reply<Imported>> {
  assertMayPassRules(caller);
  for (const type of new Set(entries.map((entry) => entry.type))) store.assertOwns(type);
  const rejected: Rejected[] = [];
  const outcomes: OutcomeRow[] = [];
  let written: Promise<void> = Promise.resolve();
  for (let from = 0; from < entries.length; from += chunkSize) {
    const drafts: Draft[] = [];
    entries.slice(from, from + chunkSize).forEach(({ type, id }, at) => {
      const index = from + at;
      try {
        if (!hasScope(caller, type, 'u')) throw notAllowed();
        store.ownIds.assertMayWrite(caller, type, id);
        const request = {
          method: 'update',
          type,
          id,
          imported: true,
          ...(substitutions && { substitutions }),
        } as const;
        drafts.push({ index, write: prepareWrite(request, texts[index], store) });
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        rejected.push({ index, issues: error.issues });
      }
    });
    // One chunk is prepared while the one before is written; then whoever else waits for this process has his turn.
    await written;
    written = writeDrafts(store, caller, drafts, outcomes, rejected);
    written.catch(() => undefined);
    await setImmediate();
  }
  await written;
  store.poke();
  const count = (wanted: string): number => outcomes.filter(({ outcome }) => outcome === wanted).length;
  const result = {
    created: count('created'),
    updated: count('updated'),
    unchanged: count('unchanged'),
    rejected,
  };
  return { result, texts: [] };
}

async function writeDrafts(
  store: StoreParts,
  caller: Caller,
  drafts: readonly Draft[],
  outcomes: OutcomeRow[],
  rejected: Rejected[],
): Promise<void> {
  for (const batch of withoutRepeats(drafts)) {
    const rows = await writeBatch(store, caller, batch);
    rows.forEach((row, at) => {
      if (row === refused || row.outcome === 'hidden')
        rejected.push({ index: batch[at]!.index, issues: notAllowed().issues });
      else outcomes.push(row);
    });
  }
}

/** A resource that recurs goes into a later batch, so that its versions follow each other. */
function withoutRepeats(drafts: readonly Draft[]): readonly (readonly Draft[])[] {
  const batches: Map<string, Draft>[] = [];
  const seen = new Map<string, number>();
  for (const draft of drafts) {
    const at = seen.get(draft.write.item) ?? 0;
    seen.set(draft.write.item, at + 1);
    (batches[at] ??= new Map()).set(draft.write.item, draft);
  }
  return batches.map((batch) =>
    [...batch.values()].sort((one, other) => inLockOrder(one.write, other.write)),
  );
}

const refused = 'refused';

function notAllowed(): Fault {
  return new Fault('forbidden', 'This caller may not write that resource.');
}

/** PostgreSQL refuses a statement whole: then its halves are tried, down to the single write that it refuses. */
async function writeBatch(
  store: StoreParts,
  caller: Caller,
  batch: readonly Draft[],
): Promise<readonly (OutcomeRow | typeof refused)[]> {
  try {
    return await writeTogether(store, caller, batch);
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== 'forbidden') throw error;
    if (batch.length === 1) return [refused];
    const half = batch.length >> 1;
    return [
      ...(await writeBatch(store, caller, batch.slice(0, half))),
      ...(await writeBatch(store, caller, batch.slice(half))),
    ];
  }
}

function writeTogether(
  store: StoreParts,
  caller: Caller,
  batch: readonly Draft[],
): Promise<readonly OutcomeRow[]> {
  const imported = resourcesImported(store.context);
  const event = { type: imported, orderKey: imported.pattern, payload: { count: batch.length } };
  const writes = batch.map(({ write }) => ({ caller, traceparent: '', write }));
  return store.database.query<OutcomeRow>(
    rowPolicy(caller),
    writeStatement(store.schema, writes, {
      definitionSet: store.definitionSet,
      changePattern: null,
      skipSame: true,
      events: [event],
      auditDetail: 'import: rules of care not run',
    }),
  );
}

/** What the rules of care refuse a person must not come in by this door. */
function assertMayPassRules(caller: Caller): void {
  if (caller.kind !== 'user') return;
  throw new Fault(
    'forbidden',
    'An import passes over the rules of care, so a signed-in person may not do it. Import as a client (septum import does), or write each resource.',
  );
}
