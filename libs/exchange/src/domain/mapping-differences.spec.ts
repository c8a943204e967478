import { describe, expect, it } from '@jest/globals';
import type { Mapped, MappedResource } from '#platform/v2-to-fhir';
import { mappingDifferences } from './mapping-differences.ts';

function resource(
  type: string,
  id: string,
  content: object,
  beside: Partial<MappedResource> = {},
): MappedResource {
  return {
    type,
    id,
    identity: undefined,
    mode: 'upsert',
    content: { resourceType: type, id, ...content },
    assumed: [],
    decimals: [],
    removed: [],
    lineage: [],
    ...beside,
  };
}

const mapped = (resources: readonly MappedResource[], issues: Mapped['issues'] = []): Mapped => ({
  messageId: '1',
  structure: 'ADT_A01',
  resources,
  issues,
});
const ada = resource('Patient', 'p', { gender: 'other', name: [{ family: 'Okafor' }] });

describe('the differences of two mappings', () => {
  it('are none where nothing differs', () => {
    expect(mappingDifferences(mapped([ada]), mapped([{ ...ada }]))).toEqual([]);
  });

  it('are elements that are changed, there no more, or new', () => {
    const now = resource('Patient', 'p', { gender: 'unknown', name: [{}], active: true });
    expect(mappingDifferences(mapped([ada]), mapped([now]))).toEqual([
      { resource: 'Patient/p', element: 'gender', before: '"other"', after: '"unknown"' },
      { resource: 'Patient/p', element: 'name[0].family', before: '"Okafor"' },
      { resource: 'Patient/p', element: 'active', after: 'true' },
    ]);
  });

  it('are digits, what is removed and the mode too', () => {
    const now = { ...ada, decimals: [['x', '1.10']] as const, mode: 'cancel' as const };
    expect(mappingDifferences(mapped([ada]), mapped([now]))).toHaveLength(3);
  });

  it('compare a resource under another id with the one that it takes the place of', () => {
    const now = resource('Patient', 'q', { gender: 'other', name: [{ family: 'Okafor' }] });
    const stay = resource('Encounter', 'e', {});
    expect(mappingDifferences(mapped([ada]), mapped([stay, now]))).toEqual([
      { resource: 'Patient/p', element: 'id', before: '"p"', after: '"q"' },
      { resource: 'Encounter/e', after: 'made' },
    ]);
    expect(mappingDifferences(mapped([ada]), mapped([]))).toEqual([
      { resource: 'Patient/p', before: 'made' },
    ]);
  });

  it('are issues that only one has', () => {
    const issue = {
      severity: 'warning',
      location: 'PID[1]-8',
      code: '103',
      text: 'There is no code.',
    } as const;
    expect(mappingDifferences(mapped([], [issue]), mapped([]))).toEqual([
      { resource: 'issue', before: 'PID[1]-8: There is no code.' },
    ]);
  });
});
