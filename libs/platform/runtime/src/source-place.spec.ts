import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tellError } from './log-fields.ts';

describe('the place of an error', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'septum-place-'));
    // The second line of the bundle from column 3 is line 5, column 1 of the source.
    const map = { version: 3, sources: ['../../libs/ward/src/bed.ts'], names: [], mappings: ';EAIA' };
    writeFileSync(join(folder, 'main.mjs.map'), JSON.stringify(map));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function toldAt(file: string): readonly string[] | undefined {
    const error = new Error();
    error.stack = `Error\n    at free (${pathToFileURL(join(folder, file)).href}:2:3)`;
    return tellError(error).at;
  }

  it('is that of the source where a map lies beside the bundle', () => {
    expect(toldAt('main.mjs')).toEqual(['at free (libs/ward/src/bed.ts:5:1)']);
  });

  it('is that of the bundle where none does', () => {
    expect(toldAt('other.mjs')).toEqual([expect.stringMatching(/^at free \(file:.*other\.mjs:2:3\)$/)]);
  });
});
