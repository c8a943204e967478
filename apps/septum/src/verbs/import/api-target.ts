import { sliceBundle } from '#platform/fhir';
import type { FhirApi } from '../api/fhir-api.ts';
import type { BatchOutcome, ImportTarget } from './import-run.ts';

/** At most so many ids in one search, so that its address stays short. */
const idsAtOnce = 50;

interface Part {
  readonly name: string;
  readonly valueUnsignedInt?: number;
  readonly part?: readonly Part[];
  readonly resource?: {
    readonly issue?: readonly { readonly diagnostics?: string; readonly expression?: readonly string[] }[];
  };
}

/** Imports into a running Septum, by its operation `$import`. */
export function apiTarget(api: Pick<FhirApi, 'get' | 'post'>): ImportTarget {
  return {
    async store(batch) {
      const entries = batch.map(({ text }) => `{"resource":${text}}`);
      const answer = await api.post(
        '$import',
        `{"resourceType":"Bundle","type":"collection","entry":[${entries.join(',')}]}`,
      );
      return outcomeOf((JSON.parse(answer) as { parameter: Part[] }).parameter);
    },

    async current(keys) {
      const found = new Map<string, string>();
      for (const [type, ofType] of byTypeOf(keys)) {
        for (let start = 0; start < ofType.length; start += idsAtOnce) {
          const ids = ofType.slice(start, start + idsAtOnce).map((key) => key.slice(type.length + 1));
          const page = await api.get(`${type}?_id=${ids.join(',')}&_count=${idsAtOnce}`);
          for (const { resource } of sliceBundle(page).entries) {
            if (resource?.type === type) found.set(`${type}/${resource.id}`, resource.text);
          }
        }
      }
      return found;
    },
  };
}

function outcomeOf(parameters: readonly Part[]): BatchOutcome {
  const count = (name: string) => parameters.find((each) => each.name === name)?.valueUnsignedInt ?? 0;
  const rejected = parameters
    .filter(({ name }) => name === 'rejected')
    .map(({ part = [] }) => ({
      index: part.find(({ name }) => name === 'index')?.valueUnsignedInt ?? 0,
      reasons: (part.find(({ name }) => name === 'outcome')?.resource?.issue ?? []).map(
        ({ diagnostics, expression }) => [expression?.join(', '), diagnostics].filter(Boolean).join(': '),
      ),
    }));
  return { created: count('created'), updated: count('updated'), unchanged: count('unchanged'), rejected };
}

function byTypeOf(keys: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const key of keys) {
    const type = key.slice(0, key.indexOf('/'));
    groups.set(type, [...(groups.get(type) ?? []), key]);
  }
  return groups;
}
