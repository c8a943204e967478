import { describe, expect, it } from '@jest/globals';
import { askedFormat, assertAcceptable, assertJsonBody } from './negotiate.ts';

describe('what a client takes', () => {
  it.each([
    undefined,
    '*/*',
    'application/fhir+json',
    'application/json; charset=utf-8',
    'application/fhir+json; fhirVersion=4.0',
    'text/html, application/xhtml+xml, */*;q=0.8',
    'APPLICATION/FHIR+JSON',
  ])('%j is served', (accept) => {
    expect(() => assertAcceptable(accept, {})).not.toThrow();
  });

  it.each([
    '',
    'text/html',
    'application/fhir+xml',
    'application/fhir+json;q=0',
    'application/fhir+json; fhirVersion=3.0',
  ])('%j is not', (accept) => {
    expect(() => assertAcceptable(accept, {})).toThrow(expect.objectContaining({ kind: 'not-acceptable' }));
  });

  it('_format outweighs Accept, both ways', () => {
    expect(() => assertAcceptable('text/html', { _format: 'json' })).not.toThrow();
    expect(() => assertAcceptable('application/fhir+json', { _format: 'xml' })).toThrow();
    expect(() => assertAcceptable('application/fhir+json', { _format: ['json', 'json'] })).toThrow();
  });
});

describe('what a client sends', () => {
  it.each([
    'application/json',
    'application/fhir+json; charset=UTF-8',
    'application/fhir+json; fhirVersion="4.0"',
  ])('%j is read', (type) => {
    expect(() => assertJsonBody(type)).not.toThrow();
  });

  it.each([
    undefined,
    '',
    'text/json5',
    'application/fhir+json; charset=utf-16',
    'application/fhir+json; fhirVersion=5.0',
  ])('%j is not', (type) => {
    expect(() => assertJsonBody(type)).toThrow(expect.objectContaining({ kind: 'unsupported-media' }));
  });
});

describe('another format that an operation has', () => {
  it.each([
    ['*/*', { _format: 'text/csv' }, 'text/csv'],
    [undefined, { _format: 'csv' }, 'text/csv'],
    ['text/csv; charset=utf-8', {}, 'text/csv'],
    ['text/csv', { _format: 'json' }, undefined],
    ['application/fhir+json', {}, undefined],
    [undefined, {}, undefined],
    ['text/html', {}, undefined],
  ])('is asked for by %j and %j: %j', (accept, query, format) => {
    expect(askedFormat(accept, query, ['text/csv'])).toBe(format);
    expect(askedFormat(accept, query, [])).toBeUndefined();
  });
});
