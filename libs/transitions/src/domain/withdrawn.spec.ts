import { describe, expect, it } from '@jest/globals';
import { withdrawn } from './withdrawn.ts';

describe('a document that should not have been made', () => {
  it('says so, once, and is otherwise as it was', () => {
    const text =
      '{"resourceType":"DocumentReference","id":"d","status":"current","docStatus":"final","content":[{"attachment":{"size":1.0}}]}';
    const said = text.replace('"current"', '"entered-in-error"').replace('"final"', '"entered-in-error"');
    expect(withdrawn(text)).toEqual({ type: 'DocumentReference', id: 'd', text: said });
    expect(withdrawn(said)).toBeUndefined();
    expect(withdrawn('{"resourceType":"Composition","id":"c","status":"amended"}')?.text).toBe(
      '{"resourceType":"Composition","id":"c","status":"entered-in-error"}',
    );
  });
});
