/**
 * The elements of every resource and data type, from the snapshots of the StructureDefinitions.
 * https://hl7.org/fhir/R4/structuredefinition.html
 */

const fhirType = 'http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type';
const regex = 'http://hl7.org/fhir/StructureDefinition/regex';
const systemType = 'http://hl7.org/fhirpath/System.';

function typeName(path, type) {
  if (!type.code.startsWith(systemType)) return type.code;
  // R4 says `string` for Resource.id, whose values are ids: https://hl7.org/fhir/R4/resource-definitions.html#Resource.id
  if (/^[A-Z]\w+\.id$/.test(path) && type.isResourceId) return 'id';
  return type.extension?.find((extension) => extension.url === fhirType)?.valueUrl ?? 'string';
}

/** `[name, min, max, types, {targets, codes}?]`; max is 0 for "no bound". */
function elementRow(element, structure, isParent, bound) {
  const name = element.path.slice(element.path.lastIndexOf('.') + 1);
  const details = {};
  let types;
  if (element.contentReference) types = [element.contentReference.slice(1)];
  else if (isParent) types = [element.path];
  else {
    const isResourceId = structure.kind === 'resource';
    types = element.type.map((type) => typeName(element.path, { ...type, isResourceId }));
    const reference = element.type.find((type) => type.code === 'Reference');
    const targets = (reference?.targetProfile ?? []).map((profile) =>
      profile.slice(profile.lastIndexOf('/') + 1),
    );
    if (targets.length > 0 && !targets.includes('Resource')) details.targets = targets;
  }
  if (element.binding?.strength === 'required' && element.binding.valueSet) {
    details.codes = element.binding.valueSet.split('|')[0];
    bound.add(details.codes);
  }
  const row = [name, element.min, element.max === '*' ? 0 : Number(element.max), types];
  if (Object.keys(details).length > 0) row.push(details);
  return row;
}

/** `{ Patient: {kind, elements}, 'Patient.contact': …, HumanName: … }`, the primitive types' patterns, the value sets bound. */
export function elementTables(structures) {
  const types = {};
  const primitives = {};
  const boundValueSets = new Set();
  const wanted = structures.filter(
    (structure) =>
      structure.kind !== 'logical' &&
      structure.derivation !== 'constraint' &&
      structure.url === `http://hl7.org/fhir/StructureDefinition/${structure.type}`,
  );
  for (const structure of wanted.sort((a, b) => (a.type < b.type ? -1 : 1))) {
    const elements = structure.snapshot.element;
    if (structure.kind === 'primitive-type') {
      const value = elements.find((element) => element.path === `${structure.type}.value`);
      primitives[structure.type] =
        value?.type[0].extension?.find((each) => each.url === regex)?.valueString ?? '';
      continue;
    }
    const parents = new Set(elements.map((element) => element.path.slice(0, element.path.lastIndexOf('.'))));
    const kind = structure.kind === 'resource' ? 'resource' : 'datatype';
    types[structure.type] = { kind, ...(structure.abstract ? { abstract: true } : {}), elements: [] };
    for (const element of elements) {
      const dot = element.path.lastIndexOf('.');
      if (dot < 0) continue;
      const parent = element.path.slice(0, dot);
      types[parent] ??= { kind: 'backbone', elements: [] };
      types[parent].elements.push(elementRow(element, structure, parents.has(element.path), boundValueSets));
    }
  }
  return { types, primitives, boundValueSets };
}
