import { ImportQueue } from '../verbs/import/import-queue.ts';
import type { BatchOutcome, ImportTarget } from '../verbs/import/import-run.ts';
import { demoHouse, type DemoOptions } from './demo-house.ts';

export type DemoCounts = Omit<BatchOutcome, 'rejected'>;

const limits = { entries: 500, characters: 1_000_000, atOnce: 4 };

/**
 * Makes the demonstration patients and stores them, as an import does; the same again changes nothing.
 *
 * @throws Error when one is rejected: the generator makes valid resources, so that is a fault of ours.
 */
export async function loadDemo(
  target: Pick<ImportTarget, 'store'>,
  options: DemoOptions,
  progress: (stored: number) => void,
): Promise<DemoCounts> {
  const counts = { created: 0, updated: 0, unchanged: 0 };
  const queue = new ImportQueue(async (batch) => {
    const { created, updated, unchanged, rejected } = await target.store(batch);
    const [first] = rejected;
    if (first !== undefined)
      throw new Error(`A ${batch[first.index]!.type} of the demo was rejected: ${first.reasons.join(' ')}`);
    counts.created += created;
    counts.updated += updated;
    counts.unchanged += unchanged;
    progress(counts.created + counts.updated + counts.unchanged);
  }, limits);
  for (const resource of demoHouse(options)) {
    const { resourceType: type, id } = resource;
    await queue.add({ type, id, text: JSON.stringify(resource), place: `${type}/${id}` });
  }
  await queue.drain();
  return counts;
}
