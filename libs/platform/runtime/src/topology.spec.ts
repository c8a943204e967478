import { describe, expect, it } from '@jest/globals';
import { describeTopology, topology } from './topology.ts';

const parts = ['edge', 'patients', 'medications'];

describe('topology', () => {
  it('runs everything here when nothing is said', () => {
    expect(topology(parts, { only: [], except: [] }).here).toEqual(parts);
  });

  it('keeps the order of the parts, whatever the order of --only', () => {
    expect(topology(parts, { only: ['medications', 'edge'], except: [] }).here).toEqual([
      'edge',
      'medications',
    ]);
  });

  it('leaves out what --except names', () => {
    const split = topology(parts, { only: [], except: ['medications'] });
    expect(split.isHere('medications')).toBe(false);
    expect(describeTopology(split)).toBe('everything but medications');
  });

  it.each([
    [
      { only: ['medication'], except: [] },
      'There is no part named medication. Parts: edge, patients, medications.',
    ],
    [
      { only: [], except: ['pharmacy'] },
      'There is no part named pharmacy. Parts: edge, patients, medications.',
    ],
    [
      { only: ['edge'], except: ['patients'] },
      'Give --only or --except (SEPTUM_ONLY or SEPTUM_EXCEPT), not both.',
    ],
    [{ only: [], except: parts }, 'Every part is left out: nothing would run. Leave out fewer.'],
  ])('refuses %j', (choice, message) => {
    expect(() => topology(parts, choice)).toThrow(message);
  });
});
