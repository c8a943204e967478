import { describe, expect, it } from '@jest/globals';
import { Fault } from '#platform/fhir';
import { readTextFile } from '../api/read-text-file.ts';
import { refusal } from './add.ts';

describe('a pack that is not added', () => {
  it('is told of with the file and each place in it', () => {
    const issue = (diagnostics: string, expression: string) =>
      ({ severity: 'error', code: 'invalid', diagnostics, expression }) as const;
    const issues = [issue('Write a code.', 'Bundle.entry[1]'), issue('Write a name.', 'Bundle.entry[0]')];
    expect(refusal('north.json', new Fault('exception', 'answered 422', { issues }))).toMatchObject({
      message:
        'The pack was not added.\nnorth.json: Bundle.entry[1]: Write a code.\nnorth.json: Bundle.entry[0]: Write a name.',
    });
  });

  it('is named also where nothing in it can be read', () => {
    const issues = [{ severity: 'error', code: 'structure', diagnostics: 'The pack is not JSON.' }] as const;
    const fault = new Fault('exception', 'The pack is not JSON.', { issues });
    expect(refusal('north.json', fault)).toMatchObject({
      message: 'The pack was not added.\nnorth.json: The pack is not JSON.',
    });
  });

  it('is not blamed for what has nothing to do with it', () => {
    const fault = new Fault('unavailable', 'http://127.0.0.1:1/fhir/R4 does not answer.');
    expect(refusal('north.json', fault)).toBe(fault);
  });

  it('may be a file that is not there', () => {
    expect(() => readTextFile('/nowhere/north.json')).toThrow(
      '/nowhere/north.json cannot be read: name a file that is there and that you may read.',
    );
  });
});
