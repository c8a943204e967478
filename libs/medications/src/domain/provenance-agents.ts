import { all, fields, words } from '#platform/fhir';
import type { Resource } from '#platform/store';

/** Who the newest Provenance of each target names, by the target's reference. https://hl7.org/fhir/R4/provenance.html */
export function provenanceAgents(provenances: readonly Resource[]): ReadonlyMap<string, string> {
  const oldestFirst = provenances.toSorted((a, b) => recorded(a) - recorded(b));
  return new Map(
    oldestFirst.flatMap((provenance) => {
      const agents = all(provenance['agent'])
        .map(({ who }) => words(fields(who)['display']) ?? words(fields(who)['reference']))
        .filter((each) => each !== undefined);
      if (agents.length === 0) return [];
      return all(provenance['target']).map(
        ({ reference }) => [String(reference), agents.join(' and ')] as const,
      );
    }),
  );
}

function recorded({ recorded: at }: Resource): number {
  return Date.parse(String(at)) || 0;
}
