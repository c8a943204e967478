import { describe, expect, it } from '@jest/globals';
import { dischargeSections } from './discharge-sections.ts';
import { builtInRules, noticeOf, rulesAt, type EncounterStep } from './transition-rules.ts';

describe('the rules that Septum brings along', () => {
  it.each<[EncounterStep, string | undefined, string | undefined]>([
    ['arrived', 'EMER', 'emergency-registration'],
    ['admitted', 'EMER', 'emergency-registration'],
    ['class-changed', 'IMP', 'inpatient-admission'],
    ['admitted', 'IMP', 'inpatient-admission'],
    ['admitted', 'OBSENC', 'observation-admission'],
    ['discharged', 'EMER', 'discharge'],
    ['discharged', 'NONAC', 'discharge'],
    // A patient who is expected for a stay, and has come, is not admitted yet.
    ['arrived', 'IMP', undefined],
    ['transferred', 'IMP', undefined],
    ['admitted', 'AMB', undefined],
    ['discharged', 'AMB', undefined],
    ['discharged', undefined, undefined],
  ])('%s as %s is told as %s', (step, encounterClass, topic) => {
    expect(noticeOf(builtInRules, step, encounterClass)?.topic).toBe(topic);
  });

  it('ask only for sections that there are', () => {
    const known = dischargeSections.map(({ code }) => code);
    expect(known).toEqual(expect.arrayContaining([...builtInRules.document.sections]));
  });

  it('are in force at any time, until others are', () => {
    expect(rulesAt(0)).toBe(builtInRules);
  });
});
