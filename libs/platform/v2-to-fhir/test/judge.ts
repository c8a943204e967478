/** What counts in a pair: the facts that are there, those that are missed, and those that an official row excuses. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseMessage } from '#platform/hl7v2';
import { Mapper, type SitePack } from '#platform/v2-to-fhir';
import { compareResources, sum, type Comparison, type Resource } from './comparison.ts';
import type { Pair } from './pairs.ts';

/** Facts of a pair that a row of the official tables contradicts: of a whole resource, or at a path. */
export interface Excuse {
  readonly of: string;
  readonly resource?: string;
  readonly says?: string;
  readonly path?: string;
  readonly expected?: string;
  readonly found?: string;
  readonly row: string;
  readonly why: string;
}

const here = dirname(fileURLToPath(import.meta.url));
export const excuses = (JSON.parse(readFileSync(join(here, 'excuses.json'), 'utf8')) as Excuse[]).map(
  (excuse) => ({
    ...excuse,
    isAt: new RegExp(excuse.path ?? '^$'),
    isOf: new RegExp(excuse.expected ?? ''),
    isFor: new RegExp(excuse.found ?? ''),
  }),
);
/** The facts that each excuse excused. */
export const used = new Map<Excuse, number>();

export interface Judged extends Comparison {
  readonly pair: Pair;
  readonly excused: number;
}

function excuseOf(of: string, resource: Resource): Excuse | undefined {
  return excuses.find(
    (one) =>
      one.of === of &&
      one.resource === resource.resourceType &&
      (one.says === undefined || JSON.stringify(resource).includes(one.says)),
  );
}

/** The facts that are missed and not excused; of a resource that is excused, those that are there still count. */
function judgeResource(of: string, resource: Resource, found: readonly Resource[]): Comparison {
  const compared = compareResources([resource], found);
  const whole = excuseOf(of, resource);
  const misses = compared.misses.filter((miss) => {
    const excuse =
      whole ??
      excuses.find(
        ({ of: whose, isAt, isOf, isFor }) =>
          whose === of && isAt.test(miss.path) && isOf.test(miss.expected) && isFor.test(miss.found ?? ''),
      );
    if (excuse) used.set(excuse, (used.get(excuse) ?? 0) + 1);
    return !excuse;
  });
  return { ...compared, misses };
}

/** Each pair as this library maps its message. */
export function judge(of: string, pairs: readonly Pair[], pack: SitePack): Judged[] {
  const mapper = new Mapper(pack);
  return pairs.map((pair) => {
    const found = mapper
      .map(parseMessage(pair.message))
      .resources.map(({ content }) => content as unknown as Resource);
    const all = sum(pair.expected.map((resource) => judgeResource(of, resource, found)));
    return { ...all, pair, excused: all.total - all.equal - all.misses.length };
  });
}
