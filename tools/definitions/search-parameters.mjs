/**
 * The search parameters of every type, each with the part of its expression that speaks of that type.
 * https://hl7.org/fhir/R4/searchparameter-registry.html
 */

/** Splits at `|` outside of parentheses. */
function union(expression) {
  const terms = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= expression.length; at++) {
    const character = expression[at];
    if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === undefined || (character === '|' && depth === 0)) {
      terms.push(expression.slice(start, at).trim());
      start = at + 1;
    }
  }
  return terms;
}

/** The terms of a union that start at the type; a term that names no type starts at whatever the base is. */
function ownTerms(expression, base) {
  return union(expression).filter((term) => {
    const first = /^\(*([A-Za-z]+)/.exec(term)?.[1];
    return first === base || /^[a-z]/.test(first ?? '');
  });
}

/** The instances that HL7 gives to show what a SearchParameter looks like are not parameters of R4. */
const samples = new Set(['example', 'example-extension', 'example-reference']);

/** `{ Patient: [{ code, type, expression?, targets?, components?, url }] }`, ordered by code. */
export function searchParameters(definitions, types) {
  const table = {};
  for (const definition of definitions) {
    if (samples.has(definition.id)) continue;
    for (const base of definition.base ?? []) {
      const expression = ownTerms(definition.expression ?? '', base).join(' | ');
      const parameter = { code: definition.code, type: definition.type };
      if (expression) parameter.expression = expression;
      if (definition.target)
        parameter.targets = definition.target.filter((type) => types[type] || type === 'Resource');
      if (definition.component) {
        parameter.components = definition.component.map(({ definition: url, expression: path }) => ({
          url,
          expression: path,
        }));
      }
      parameter.url = definition.url;
      (table[base] ??= []).push(parameter);
    }
  }
  for (const base of Object.keys(table)) {
    table[base].sort((a, b) => (a.code === b.code ? (a.url < b.url ? -1 : 1) : a.code < b.code ? -1 : 1));
  }
  return Object.fromEntries(Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1)));
}
