/**
 * Does the work for every item, for items of one group at most `limit` at a time, groups beside each other. Answers
 * in the order of the items. The work must not throw.
 */
export async function bounded<Item, Result>(
  items: readonly Item[],
  groupOf: (item: Item) => string,
  limit: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const groups = new Map<string, number[]>();
  items.forEach((item, index) => {
    const group = groupOf(item);
    const indexes = groups.get(group);
    if (indexes === undefined) groups.set(group, [index]);
    else indexes.push(index);
  });
  const lanes = [...groups.values()].flatMap((indexes) => {
    const queue = indexes.values();
    const lane = async (): Promise<void> => {
      for (const index of queue) results[index] = await work(items[index]!, index);
    };
    return Array.from({ length: Math.min(limit, indexes.length) }, lane);
  });
  await Promise.all(lanes);
  return results;
}
