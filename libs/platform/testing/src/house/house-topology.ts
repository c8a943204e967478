/** The processes of a house: each runs `septum serve` with these arguments. */
export interface PlannedProcess {
  readonly name: string;
  readonly arguments: readonly string[];
  readonly hasEdge: boolean;
  runs(part: string): boolean;
}

export const houseTopologies = ['one', 'medications-out', 'all-out', 'two-copies'] as const;
export type HouseTopology = (typeof houseTopologies)[number];

/** The topology the behaviour suite runs in; only the house looks at it. */
export function chosenTopology(): HouseTopology {
  const chosen = process.env['SEPTUM_TEST_TOPOLOGY'] ?? 'one';
  const known = houseTopologies.find((topology) => topology === chosen);
  if (known !== undefined) return known;
  throw new Error(`SEPTUM_TEST_TOPOLOGY is "${chosen}"; it is one of ${houseTopologies.join(', ')}.`);
}

/** `parts`: all parts of Septum, the edge first. */
export function processesOf(topology: HouseTopology, parts: readonly string[]): readonly PlannedProcess[] {
  const everythingElse = processOf('rest', ['--except', 'medications'], (part) => part !== 'medications');
  const medications = processOf('medications', ['--only', 'medications'], (part) => part === 'medications');
  switch (topology) {
    case 'one':
      return [processOf('septum', [], () => true)];
    case 'medications-out':
      return [everythingElse, medications];
    case 'all-out':
      return parts.map((name) => processOf(name, ['--only', name], (part) => part === name));
    case 'two-copies':
      return [everythingElse, medications].flatMap((each) => [each, { ...each, name: `${each.name}-copy` }]);
  }
}

function processOf(name: string, args: readonly string[], runs: (part: string) => boolean): PlannedProcess {
  return { name, arguments: args, hasEdge: runs('edge'), runs };
}
