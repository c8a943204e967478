/**
 * Makes the compact R4 definitions that Septum runs on from HL7's own packages, and writes them beside the library
 * that reads them. The result depends on the packages alone, so it can be made again and compared.
 *
 *   node tools/definitions/make.mjs           writes libs/platform/fhir/definitions/*.json
 *   node tools/definitions/make.mjs --check   writes nothing; fails when the committed files differ
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npmPackage } from '../toolbox.mjs';
import { compartments } from './compartments.mjs';
import { elementTables } from './element-tables.mjs';
import { searchParameters } from './search-parameters.mjs';
import { requiredCodes } from './required-codes.mjs';

const target = join(dirname(fileURLToPath(import.meta.url)), '../../libs/platform/fhir/definitions');

/** All resources of one type in a package folder, in the order of their file names. */
function resources(folder, type) {
  return readdirSync(folder)
    .filter((name) => name.startsWith(`${type}-`) && name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
    .filter((resource) => resource.resourceType === type);
}

/** One line for each entry, so that a change of the definitions reads as a change of lines. */
function lines(table) {
  const entries = Object.entries(table).map(
    ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`,
  );
  return `{\n${entries.join(',\n')}\n}\n`;
}

function make() {
  const core = npmPackage('hl7.fhir.r4.examples', '4.0.1');
  const expansions = npmPackage('hl7.fhir.r4.expansions', '4.0.1');
  const structures = resources(core, 'StructureDefinition');
  const { types, primitives, boundValueSets } = elementTables(structures);
  return {
    'types.json': lines(types),
    'primitives.json': lines(primitives),
    'codes.json': lines(requiredCodes(boundValueSets, resources(expansions, 'ValueSet'))),
    'search-parameters.json': lines(searchParameters(resources(core, 'SearchParameter'), types)),
    'compartments.json': lines(compartments(resources(core, 'CompartmentDefinition'))),
  };
}

const files = make();
if (process.argv.includes('--check')) {
  const stale = Object.keys(files).filter((name) => readFileSync(join(target, name), 'utf8') !== files[name]);
  if (stale.length > 0) {
    process.stderr.write(
      `${stale.join(', ')} differ from the packages: run node tools/definitions/make.mjs and commit.\n`,
    );
    process.exit(1);
  }
} else {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(target, name), text);
}
