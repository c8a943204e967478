import { Fault } from '#platform/fhir';
import { bundleText } from './bundle-text.ts';

/** The largest page of a search or a history, in characters. */
export const pageLimit = 8 * 1024 * 1024;

export function tooLargePage(): Fault {
  return new Fault('too-large', 'This page would be larger than 8 MB. Ask for a smaller _count.');
}

/** A page of a search or a history. Fault `too-large`. */
export function pageText(...page: Parameters<typeof bundleText>): string {
  const text = bundleText(...page);
  if (text.length > pageLimit) throw tooLargePage();
  return text;
}
