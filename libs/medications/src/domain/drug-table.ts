import { all, fields } from '#platform/fhir';
import type { Resource } from '#platform/store';
import { codesOf } from './element.ts';

/**
 * What the installation itself has said of drugs: which ingredients a product has, in which classes it is. It is as
 * complete as what was loaded, and nobody may conclude anything from what it does not hold.
 */
export interface DrugTable {
  /** `system|code` of the ingredients of a product, by its own `system|code`. */
  ingredientsOf(code: string): readonly string[];
  /** `system|code` of the classes in which a product or ingredient is. */
  classesOf(code: string): readonly string[];
}

export const emptyDrugTable: DrugTable = { ingredientsOf: () => [], classesOf: () => [] };

/** A table from MedicationKnowledge resources. https://hl7.org/fhir/R4/medicationknowledge.html */
export function drugTable(knowledge: readonly Resource[]): DrugTable {
  const ingredients = new Map<string, Set<string>>();
  const classes = new Map<string, Set<string>>();
  for (const each of knowledge.filter(({ status }) => status !== 'entered-in-error')) {
    const parts = all(each['ingredient']).flatMap((part) => codesOf(part['itemCodeableConcept']));
    const classified = all(each['medicineClassification'])
      .flatMap(({ classification }) => all(classification))
      .flatMap(codesOf);
    for (const code of codesOf(fields(each)['code'])) {
      add(ingredients, code, parts);
      add(classes, code, classified);
    }
  }
  return {
    ingredientsOf: (code) => [...(ingredients.get(code) ?? [])],
    classesOf: (code) => [...(classes.get(code) ?? [])],
  };
}

function add(table: Map<string, Set<string>>, code: string, values: readonly string[]): void {
  table.set(code, new Set([...(table.get(code) ?? []), ...values]));
}
