import { describe, expect, it } from '@jest/globals';
import { idempotencyKeyOf, isLenient, isUnchanged, preferredReturn, versionOf } from './conditions.ts';

describe('If-Match', () => {
  it('names a version, weak or not', () => {
    expect(versionOf('W/"3"')).toBe(3);
    expect(versionOf('"12"')).toBe(12);
    expect(versionOf(undefined)).toBeUndefined();
  });
  it.each(['*', '3', 'W/"a"', 'W/"0"', 'W/"1", W/"2"', ''])('%j is refused rather than ignored', (header) => {
    expect(() => versionOf(header)).toThrow(expect.objectContaining({ kind: 'bad-parameter' }));
  });
});

describe('If-None-Match', () => {
  it('compares weakly, with any of a list', () => {
    expect(isUnchanged('W/"3"', 3)).toBe(true);
    expect(isUnchanged('"1", "3"', 3)).toBe(true);
    expect(isUnchanged('*', 3)).toBe(true);
    expect(isUnchanged('W/"33"', 3)).toBe(false);
    expect(isUnchanged(undefined, 3)).toBe(false);
  });
});

describe('Prefer', () => {
  it('is read beside other preferences, and unknown ones do not matter', () => {
    expect(preferredReturn('respond-async, return=minimal')).toBe('minimal');
    expect(preferredReturn('handling=lenient; return=OperationOutcome')).toBe('OperationOutcome');
    expect(preferredReturn('return=everything')).toBe('representation');
    expect(isLenient('return=minimal, handling=lenient')).toBe(true);
    expect(isLenient('handling=strict')).toBe(false);
  });
});

describe('Idempotency-Key', () => {
  it.each(['', 'a b', 'ü', 'x'.repeat(256), 'a\n'])('%j is refused', (key) => {
    expect(() => idempotencyKeyOf(key)).toThrow(expect.objectContaining({ kind: 'bad-parameter' }));
  });
  it('is taken as it is', () => {
    expect(idempotencyKeyOf('x'.repeat(255))).toHaveLength(255);
  });
});
