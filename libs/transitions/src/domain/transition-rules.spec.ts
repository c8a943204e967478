import { describe, expect, it } from '@jest/globals';
import { packCode } from '#platform/rules';
import { builtInRules, noticeOf, type EncounterStep } from './transition-rules.ts';

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

  it('are named as what was made without a rule pack says', () => {
    expect(packCode(builtInRules)).toBe('built-in|1');
  });
});
