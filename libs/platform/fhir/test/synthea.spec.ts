import { expect, it } from '@jest/globals';
import { describeWithData } from '#platform/testing';
import { sliceBundle } from '../src/bundle-slices.ts';
import { patientCompartmentParameters } from '../src/definitions.ts';
import { extract } from '../src/extract.ts';
import { substituteReferences } from '../src/reference-substitution.ts';
import { splitResource } from '../src/resource-text.ts';
import { validate } from '../src/validate.ts';
import { syntheaBundles } from './packages.ts';

describeWithData('the Synthea Bundles', 'synthea-r4', (folder) => {
  it('are cut, linked and valid, and every clinical resource finds its patient', () => {
    let count = 0;
    for (const { file, text } of syntheaBundles(folder)) {
      const { entries } = sliceBundle(text);
      const links = Object.fromEntries(
        entries.map(({ fullUrl, resource }) => [fullUrl!, `${resource!.type}/${fullUrl!.slice(9)}`]),
      );
      for (const entry of entries) {
        const linked = substituteReferences(entry.resource!.text, links);
        expect(linked).not.toContain('"reference": "urn:uuid:');
        const { type, id, resource } = splitResource(linked);
        const issues = validate(type, resource);
        if (issues.length > 0) throw new Error(`${file}: ${type} is rejected: ${JSON.stringify(issues[0])}`);
        const { patients } = extract(type, resource, { id: id! });
        const mayHavePatient = type === 'Patient' || patientCompartmentParameters(type).length > 0;
        if (patients.length > 0 !== mayHavePatient)
          throw new Error(`${file}: a ${type} is in ${patients.length} patient compartments`);
        count++;
      }
      // Each entry is the slice that JSON.parse finds there.
      const parsed = JSON.parse(text) as { entry: { resource: object }[] };
      const sliced = entries.map(({ resource }) => JSON.parse(resource!.text) as object);
      expect(JSON.stringify(sliced)).toBe(JSON.stringify(parsed.entry.map(({ resource }) => resource)));
    }
    expect(count).toBeGreaterThan(18_000);
  }, 300_000);
});
