import { asFault, Fault } from '#platform/fhir';
import type { Written } from '#platform/store';
import type { Edge, FhirCall } from '../edge.ts';
import { preferredReturn } from '../http/conditions.ts';
import { single } from '../http/fhir-call.ts';
import { bounded } from './bounded.ts';
import type { WriteOutcomes } from './share-request.ts';

/** What is kept of a transaction under its key: which versions it wrote, not what stands in them. */
export function outcomesToKeep(outcomes: WriteOutcomes): string {
  return JSON.stringify([...outcomes].map(([index, { written }]) => [index, written]));
}

/**
 * What was kept, with the versions of then. Their owners are asked for them, who know whether the caller may see them and
 * record that they leave again; one that the caller may write but not see is left out. Fault `unavailable`.
 */
export async function outcomesAgain(edge: Edge, call: FhirCall, kept: string): Promise<WriteOutcomes> {
  const outcomes = JSON.parse(kept) as [number, Written][];
  const wantsTexts = preferredReturn(single(call.headers.prefer)) === 'representation';
  const texts = await bounded(
    outcomes,
    ([, { type }]) => edge.ownerOf(type).context,
    8,
    ([, written]) => (wantsTexts && written.deleted !== true ? readAgain(edge, call, written) : absent),
  );
  const failed = texts.find((text) => text instanceof Fault);
  if (failed !== undefined) throw failed;
  return new Map(outcomes.map(([index, written], at) => [index, { written, text: texts[at] as string }]));
}

const absent = Promise.resolve(undefined);

async function readAgain(
  edge: Edge,
  call: FhirCall,
  { type, id, version }: Written,
): Promise<string | Fault | undefined> {
  try {
    const { texts } = await edge.call(call, edge.ownerOf(type).resources.read, { type, id, version });
    return texts[0];
  } catch (error) {
    const fault = asFault(error);
    return fault.status < 500 ? undefined : fault;
  }
}
