import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { resourceTypes } from '#platform/fhir';
import { houseParts } from '#platform/testing';
import { catalogue } from './catalogue.ts';
import { rulesOf } from '#platform/runtime';
import { parts } from './parts.ts';

describe('the catalogue of contexts', () => {
  const owned = catalogue.flatMap(({ name, types }) => types.map((type) => ({ name, type })));

  it('gives every R4 resource type one owner', () => {
    expect(owned.map(({ type }) => type).toSorted()).toEqual(resourceTypes.toSorted());
  });

  it('lists every context that there is, once', () => {
    const names = catalogue.map(({ name }) => name);
    expect(names.toSorted()).toEqual(
      readdirSync('libs')
        .filter((folder) => folder !== 'platform')
        .sort(),
    );
  });

  it('has the parts that the houses of the tests are made of', () => {
    expect(houseParts.toSorted()).toEqual(parts.toSorted());
  });

  it('names rules and instance operations only where someone owns the type', () => {
    for (const context of catalogue)
      for (const { type } of rulesOf(context)) expect(owned).toContainEqual({ name: context.name, type });
    for (const { operations } of catalogue)
      for (const { type } of operations ?? []) if (type !== undefined) expect(resourceTypes).toContain(type);
  });

  it('has needs that end: no context needs itself through others', () => {
    const needs = new Map(catalogue.map((context) => [context.name, context.needs ?? []]));
    const visit = (name: string, path: readonly string[]): void => {
      expect(path).not.toContain(name);
      expect(needs.has(name)).toBe(true);
      for (const needed of needs.get(name) ?? []) visit(needed, [...path, name]);
    };
    for (const name of needs.keys()) visit(name, []);
  });
});
