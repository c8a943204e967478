import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Fault, packageRoot } from '#platform/fhir';
import { readPack } from './read-pack.ts';

const example = readFileSync(join(packageRoot(import.meta.url), 'examples/rule-packs/north.json'), 'utf8');
const manifest = {
  resourceType: 'Library',
  name: 'north',
  version: '1',
  status: 'active',
  type: { coding: [{ code: 'asset-collection' }] },
};

const bundle = (...resources: object[]) =>
  JSON.stringify({
    resourceType: 'Bundle',
    type: 'collection',
    entry: resources.map((resource) => ({ resource })),
  });

function told(text: string): readonly string[] {
  try {
    readPack(text);
    return [];
  } catch (error) {
    return (error as Fault).issues.map(({ expression, diagnostics }) => `${expression}: ${diagnostics}`);
  }
}

describe('a rule pack', () => {
  it('is known by its name, its version and its content', () => {
    const pack = readPack(example);
    expect(pack).toMatchObject({
      name: 'north',
      version: '2026.1',
      start: Date.UTC(2026, 0, 1),
      end: undefined,
    });
    expect(pack.entries.map(({ type }) => type)).toContain('NamingSystem');
    expect(readPack(`${example} `).hash).not.toBe(pack.hash);
    expect(readPack(example).hash).toBe(pack.hash);
  });

  it('is in force on the day that it ends', () => {
    const { end } = readPack(bundle({ ...manifest, effectivePeriod: { end: '2026-12-31' } }));
    expect(end).toBe(Date.UTC(2027, 0, 1));
  });

  it('that is no pack is refused, with the place of each thing wrong', () => {
    expect(() => readPack('{')).toThrow('not JSON');
    expect(told('[]')).toEqual([expect.stringContaining('Bundle.type')]);
    expect(told(bundle())).toEqual([expect.stringContaining('Bundle.entry[0].resource: The first')]);
    expect(told(bundle({ ...manifest, name: 'North Hospital', version: '2026/1' }))).toEqual([
      expect.stringContaining('Bundle.entry[0].resource.name'),
      expect.stringContaining('Bundle.entry[0].resource.version'),
    ]);
    expect(told(bundle({ ...manifest, name: 'built-in' }))).toHaveLength(1);
    const backwards = { start: '2026-03-01', end: '2026-02-01' };
    expect(told(bundle({ ...manifest, effectivePeriod: backwards }))).toEqual([
      expect.stringContaining('effectivePeriod'),
    ]);
  });

  it('holds valid resources, and none that nobody reads', () => {
    const map = { resourceType: 'ConceptMap', name: 'X', statuss: 'active' };
    expect(told(bundle(manifest, map)).join()).toContain('Bundle.entry[1].resource.status');
    expect(told(bundle(manifest, { resourceType: 'Patient' }))).toEqual([
      expect.stringContaining('No rule is read from a Patient'),
    ]);
    expect(told(bundle(manifest, { resourceType: 'Parameters', id: 'v3' }))).toEqual([
      expect.stringContaining('Bundle.entry[1].resource.id'),
    ]);
  });
});
