import { type Fields, all, fields, words } from '#platform/fhir';
import { byTime, isValid } from './discharge-facts.ts';
import { type Fact } from './fact.ts';

/** How many of one series stand in a document at least. A patient who is monitored for weeks has hundred thousands. */
export const newestOfSeries = 20;

/** How many of a series, by `seriesOf`, are recorded and stand in no document. */
export type LeftOut = Readonly<Record<string, number>>;

/**
 * The Observations of a stay, bounded while they are read: of each series the newest, the lowest and the highest of each
 * measure, and the newest of each finding and interpretation, the newest of these. The same, in whatever order they come.
 */
export class ObservationSeries {
  readonly #series = new Map<string, { total: number; kept: readonly Fact[] }>();

  /** Each once. */
  add(observations: readonly Fact[]): void {
    for (const [key, more] of Map.groupBy(observations.filter(isValid), seriesOf)) {
      const { total, kept } = this.#series.get(key) ?? { total: 0, kept: [] };
      this.#series.set(key, { total: total + more.length, kept: boundedTo([...kept, ...more]) });
    }
  }

  get kept(): readonly Fact[] {
    return [...this.#series.values()].flatMap(({ kept }) => kept);
  }

  get leftOut(): LeftOut {
    const counts = [...this.#series].map(([key, { total, kept }]) => [key, total - kept.length] as const);
    return Object.fromEntries(counts.filter(([, count]) => count > 0));
  }
}

/** What an Observation is one of: those of one code and one category, so that a series stands in one section. */
export function seriesOf({ fields: observation }: Fact): string {
  const categories = all(observation['category']).flatMap((category) => conceptKey(category));
  return JSON.stringify([conceptKey(observation['code']), ...categories.toSorted()]);
}

/** What a section says of what it leaves out; nothing where it has all. */
export function leftOutRemark(
  facts: readonly Fact[],
  encounter: string,
  leftOut: LeftOut,
): string | undefined {
  const series = new Set(facts.filter(({ type }) => type === 'Observation').map(seriesOf));
  const count = [...series].reduce((sum, key) => sum + (leftOut[key] ?? 0), 0);
  if (count === 0) return undefined;
  return (
    `Of what was observed often, the newest ${newestOfSeries} are listed, with the lowest, the highest and other findings of the stay. ` +
    `${count} more are recorded and not listed; who treated has them: Observation?encounter=Encounter/${encounter}.`
  );
}

function boundedTo(observations: readonly Fact[]): readonly Fact[] {
  if (observations.length <= newestOfSeries) return observations;
  const sorted = observations.toSorted(byTime);
  const lowest = new Map<string, Extreme>();
  const highest = new Map<string, Extreme>();
  const newest = new Map<string, Fact>();
  for (const one of sorted) {
    for (const [measure, value] of measures(one.fields)) {
      if (!(value > (lowest.get(measure)?.value ?? Infinity))) lowest.set(measure, { value, of: one });
      if (!(value < (highest.get(measure)?.value ?? -Infinity))) highest.set(measure, { value, of: one });
    }
    for (const finding of findings(one.fields)) newest.set(finding, one);
  }
  const extremes = [...lowest.values(), ...highest.values()].map(({ of }) => of);
  const found = [...newest.values()].toSorted(byTime).slice(-newestOfSeries);
  return [...new Set([...sorted.slice(-newestOfSeries), ...extremes, ...found])];
}

interface Extreme {
  readonly value: number;
  readonly of: Fact;
}

/** Each number that was measured, by what it is of and in which unit. */
function measures(observation: Fields): readonly (readonly [measure: string, value: number])[] {
  return parts(observation).flatMap(([of, part]) => {
    const quantity = fields(part['valueQuantity']);
    const value = Number(quantity['value'] ?? part['valueInteger']);
    const unit = words(quantity['code']) ?? words(quantity['unit']) ?? '';
    return Number.isNaN(value) ? [] : [[JSON.stringify([of, unit]), value] as const];
  });
}

/** Each thing that was found in words or codes, and how it was interpreted. */
function findings(observation: Fields): readonly string[] {
  return parts(observation).flatMap(([of, part]) => {
    const said = part['valueCodeableConcept'] ?? part['valueBoolean'] ?? part['valueString'];
    const value = typeof said === 'object' ? conceptKey(said) : said;
    const interpretations = all(part['interpretation']).map((each) => ['interpretation', conceptKey(each)]);
    return [...(value === undefined ? [] : [['value', value]]), ...interpretations].map((each) =>
      JSON.stringify([of, ...each]),
    );
  });
}

/** What an Observation says itself, and what each of its components says. */
function parts(observation: Fields): readonly (readonly [of: string, part: Fields])[] {
  const components = all(observation['component']);
  return [['', observation], ...components.map((part) => [conceptKey(part['code']), part] as const)];
}

function conceptKey(concept: unknown): string {
  const { coding, text } = fields(concept);
  const [first] = all(coding);
  return first === undefined
    ? (words(text) ?? '')
    : `${words(first['system']) ?? ''}|${words(first['code']) ?? ''}`;
}
