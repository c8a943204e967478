/** What is known of one patient's messages when all is over. */
export interface V2Stream {
  readonly patient: string;
  /** The sequence numbers whose messages were acknowledged, in the order they were sent. */
  readonly acknowledged: readonly number[];
  /** Those that the versions of the patient came from, the oldest first. */
  readonly versions: readonly number[];
  /** Those that there are results of, each as often as there are. */
  readonly results: readonly number[];
  /** Versions of results beyond the first. */
  readonly rewritten: number;
}

/** What is wrong with a stream: nothing when each message had its effect once, in order. */
export function wrongInStream({ patient, acknowledged, versions, results, rewritten }: V2Stream): string[] {
  const wrong: string[] = [];
  if (versions.some((each, at) => at > 0 && each <= versions[at - 1]!))
    wrong.push(`${patient}: applied out of order, or twice`);
  if (versions.at(-1) !== acknowledged.at(-1)) wrong.push(`${patient}: the last message has no effect`);
  const found = new Set(results);
  if (acknowledged.some((each) => !found.has(each))) wrong.push(`${patient}: a result is lost`);
  const sent = new Set(acknowledged);
  if (results.some((each) => !sent.has(each))) wrong.push(`${patient}: a result of nothing`);
  if (found.size < results.length) wrong.push(`${patient}: a result is there twice`);
  if (rewritten > 0) wrong.push(`${patient}: a result was written twice`);
  return wrong;
}
