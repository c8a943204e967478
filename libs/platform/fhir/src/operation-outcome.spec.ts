import { describe, expect, it } from '@jest/globals';
import { asFault, Fault } from './fault.ts';
import { operationOutcome } from './operation-outcome.ts';
import { validate } from './validate.ts';

describe('operationOutcome', () => {
  it('is a valid OperationOutcome for a fault', () => {
    const outcome = JSON.parse(
      operationOutcome(new Fault('gone', 'It was deleted; read its history.')),
    ) as Record<string, unknown>;
    expect(outcome).toEqual({
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', code: 'deleted', diagnostics: 'It was deleted; read its history.' }],
    });
    expect(validate('OperationOutcome', outcome)).toEqual([]);
  });

  it('says where each issue of an invalid resource is', () => {
    const issues = validate('Patient', { resourceType: 'Patient', gender: 'F', name: [{ family: 7 }] });
    const outcome = JSON.parse(
      operationOutcome(new Fault('invalid', 'The resource is invalid.', { issues })),
    ) as { issue: { expression: string[] }[] };
    expect(outcome.issue.map(({ expression }) => expression)).toEqual([
      ['Patient.gender'],
      ['Patient.name[0].family'],
    ]);
    expect(validate('OperationOutcome', outcome as never)).toEqual([]);
  });

  it('repeats nothing of what was thrown by accident', () => {
    expect(operationOutcome(asFault(new Error('Wilhelmina')))).not.toContain('Wilhelmina');
  });
});
