/**
 * The tables' FHIR attribute column, brought into one notation and checked against R4's own definitions:
 *
 *   identifier[2].type.coding.code                                a label in brackets tells instances apart
 *   participant[1].individual(Practitioner).name                  in parentheses the resource a reference leads to
 *
 * What follows the parentheses is of that resource. `$this` is the object itself, `$value` a primitive's value.
 */
import { readFileSync } from 'node:fs';

const types = JSON.parse(
  readFileSync(new URL('../../libs/platform/fhir/definitions/types.json', import.meta.url), 'utf8'),
);
const isResource = (name) => types[name]?.kind === 'resource';

/** `requester(PractitionerRole.practitioner(Practitioner.address))` → `requester(PractitionerRole).practitioner(…`. */
function opened(text) {
  let plain = text
    .replace(/\s+/g, '')
    .replace(/\[1\]Organization/, 'Organization')
    .replace(/\(PractitionerRole\.practioner\b/, '(PractitionerRole.practitioner')
    .replace(/\bPractioner\./g, 'Practitioner.')
    .replace(/\.organziation\.\(/, '.organization(')
    .replace(/\[(\d)\.(?=[a-z])/, '[$1].')
    .replace(/\{?\[(\d)\}/, '[$1]')
    .replace(/extension(\[\d\])?\.uri$/, 'extension$1.url')
    .replace(/\.sytem$/, '.system')
    .replace(/\.uri$/, '.system')
    .replace(/\bvaluedateTime$/, 'valueDateTime')
    .replace(/\.coding\.value$/, '.coding.code')
    .replace(/^Quantity\./, '')
    .replace(/valueSampedData/, 'valueSampledData')
    .replace(/occur(rence|nece|ence)T[iI]ming/, 'occurrenceTiming')
    .replace(/\.reference\((?=Location)/, '(');
  // One reference in another: the inside of a parenthesis goes on behind it.
  for (let before; before !== plain;) {
    before = plain;
    plain = plain.replace(/\(([A-Z]\w*)((?:\[\w+\])?)\.([^()]*(?:\([^()]*\)?[^()]*)*)\)?$/, '($1$2).$3');
  }
  return plain.replace(/\)+/g, ')');
}

const step = /(\$?[a-z][A-Za-z0-9]*)(?:\[([\w-]+)\])?(?:\(([A-Z][A-Za-z]*)(?:\[(\w+)\])?\)?)?(?:\.|$)/y;

function steps(text) {
  const found = [];
  step.lastIndex = 0;
  while (step.lastIndex < text.length) {
    const match = step.exec(text);
    if (!match) throw new Error(`unreadable path`);
    found.push({ name: match[1], label: match[2], type: match[3] });
  }
  return found;
}

/** The types an element may have, or undefined when R4 has no such element there. */
function elementTypes(type, name) {
  if (name === 'extension' && !types[type]) return ['Extension'];
  for (const [element, , , of] of types[type]?.elements ?? []) {
    if (element === name) return of;
    if (element.endsWith('[x]') && name.startsWith(element.slice(0, -3))) {
      const rest = name.slice(element.length - 3);
      const chosen = of.find((one) => one[0].toUpperCase() + one.slice(1) === rest);
      if (chosen) return [chosen];
    }
  }
  return undefined;
}

/** The path in our notation. Throws, saying why, when it cannot be read or does not lead to an element of R4. */
export function target(text, root) {
  let [plain] = text.trim().split('=');
  if (plain === '$this' || plain === '$value') return plain;
  plain = opened(plain).replace(/^\[1\]\./, '');
  let type = root;
  const parts = [];
  for (const { name, label, type: named } of steps(plain)) {
    const found = elementTypes(type, name);
    if (!found) throw new Error(`R4 has no ${type}.${name}`);
    let part = label ? `${name}[${label}]` : name;
    if (named && isResource(named)) {
      if (!found.includes('Reference')) throw new Error(`${type}.${name} is no reference`);
      part += `(${named})`;
      type = named;
    } else type = found[0];
    parts.push(part);
  }
  return parts.join('.');
}

/** What R4 type a map speaks of: `PID[Patient]` → Patient, `HD[MessageHeader.source-name]` → MessageHeader.source. */
export function rootType(map) {
  const [, inside] = /\[([^\]]*)\]$/.exec(map) ?? [];
  const name = inside?.split('-')[0];
  if (!name) return undefined;
  return Object.keys(types).find((type) => type.toLowerCase() === name.toLowerCase()) ?? name;
}
