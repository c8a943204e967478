import { describe, expect, it } from '@jest/globals';
import { Fault } from '#platform/fhir';
import type { MappedResource } from '#platform/v2-to-fhir';
import { issuesOf, Refused } from './refused.ts';

const resource = {
  type: 'Patient',
  lineage: [['name[0].family', 'PID[1]-5.1', 'PID[Patient]:10']],
} as unknown as MappedResource;

describe('what a context says against a resource', () => {
  it('is told with the field of the message that made the element', () => {
    const issues = [
      { severity: 'error', code: 'invalid', diagnostics: 'too long', expression: 'Patient.name[0]' },
    ] as const;
    expect(issuesOf(new Refused(resource, new Fault('invalid', 'refused', { issues })))).toEqual([
      { code: '207', text: 'too long', location: 'PID[1]-5.1' },
    ]);
  });

  it.each(['unavailable', 'timeout', 'throttled', 'version-conflict', 'exception'] as const)(
    'is no word against it when it is %s: that is thrown as it is, and waited for as its kind demands',
    (kind) => {
      const fault = new Fault(kind, 'not now');
      expect(() => issuesOf(new Refused(resource, fault))).toThrow(fault);
      expect(() => issuesOf(fault)).toThrow(fault);
    },
  );
});
