import { all, fields } from '#platform/fhir';
import type { Resource } from '#platform/store';
import { drugName, type DrugName } from './drug-name.ts';
import type { DrugTable } from './drug-table.ts';
import { codesOf, conceptText } from './element.ts';

/** What is known of a medication for comparing it with another. */
export interface Drug {
  /** In words, as its source says it. */
  readonly text: string | undefined;
  /** `system|code`, its own. */
  readonly codes: readonly string[];
  /** `system|code` of its ingredients, as far as a Medication resource or the loaded table says. */
  readonly ingredients: readonly string[];
  readonly classes: readonly string[];
  readonly name: DrugName;
}

/** How two medications were recognised as having an ingredient in common. */
export type Likeness = 'code' | 'ingredient' | 'name';

/** @param medication The Medication resource that tells it, when it is told by reference. */
export function drugOf(concept: unknown, medication: Resource | undefined, table: DrugTable): Drug {
  const told = [concept, medication?.['code']];
  const codes = unique(told.flatMap(codesOf));
  const contained = all(medication?.['ingredient']).flatMap((part) => codesOf(part['itemCodeableConcept']));
  const ingredients = unique([...contained, ...codes.flatMap((code) => table.ingredientsOf(code))]);
  const text = told.map(conceptText).find((each) => each !== undefined);
  return {
    text,
    codes,
    ingredients,
    classes: unique([...codes, ...ingredients].flatMap((code) => table.classesOf(code))),
    name: drugName(nameText(told) ?? ''),
  };
}

/**
 * What joins lines to a group: all lines with a key in common. An ingredient coded as such has the same key as a product
 * that is known to contain it.
 */
export function drugKeys(drug: Drug): readonly string[] {
  return [...drug.codes, ...drug.ingredients, ...drug.name.names.map((name) => `name ${name}`)];
}

/** By codes, by ingredients that are known, else by the name that is left without strength and form. Symmetric. */
export function sharedIngredient(a: Drug, b: Drug): Likeness | undefined {
  if (meet(a.codes, b.codes)) return 'code';
  if (meet([...a.codes, ...a.ingredients], [...b.codes, ...b.ingredients])) return 'ingredient';
  return meet(a.name.names, b.name.names) ? 'name' : undefined;
}

/** The same product by code, or the same name, strength and form in words. */
export function sameProduct(a: Drug, b: Drug): boolean {
  if (meet(a.codes, b.codes)) return true;
  return a.name.names.length > 0 && JSON.stringify(a.name) === JSON.stringify(b.name);
}

export function sharedClasses(a: Drug, b: Drug): readonly string[] {
  return a.classes.filter((each) => b.classes.includes(each)).toSorted();
}

/** The words that say most: a text may be a shorthand, and a code is no name. */
function nameText(concepts: readonly unknown[]): string | undefined {
  const displays = concepts.flatMap((each) => all(fields(each)['coding']).map(({ display }) => display));
  const texts = concepts.map((each) => fields(each)['text']);
  return [...displays, ...texts].find((each): each is string => typeof each === 'string' && each !== '');
}

export function meet(a: readonly string[], b: readonly string[]): boolean {
  return a.some((each) => b.includes(each));
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)].toSorted();
}
