import { describe, expect, it } from '@jest/globals';
import { timelineOf } from './timeline.ts';

const measured = (content: Record<string, unknown>) => ({
  resourceType: 'Observation',
  id: 'one',
  status: 'final',
  effectiveDateTime: '2026-11-01T04:00:00Z',
  code: { text: 'Measurement' },
  ...content,
});
const component = (text: string, value: number, unit: string, loinc?: string) => ({
  code: {
    text,
    ...(loinc === undefined ? {} : { coding: [{ system: 'http://loinc.org', code: loinc }] }),
  },
  valueQuantity: { value, unit },
});
const systolic = component('Systolic', 128, 'mmHg', '8480-6');
const diastolic = component('Diastolic', 82, 'mmHg', '8462-4');

describe('what a timeline says of an observation', () => {
  it.each([
    ['its value', { valueQuantity: { value: 37.9, unit: 'Cel' } }, '37.9 Cel'],
    ['its coded value', { valueCodeableConcept: { text: 'Positive' } }, 'Positive'],
    ['a blood pressure as people write it', { component: [systolic, diastolic] }, '128/82 mmHg'],
    [
      'a blood pressure so too when it stands the other way round',
      { component: [diastolic, systolic] },
      '128/82 mmHg',
    ],
    [
      'other components by name, though they share a unit',
      { component: [component('Sodium', 139, 'mmol/L'), component('Potassium', 4.1, 'mmol/L')] },
      'Sodium 139 mmol/L, Potassium 4.1 mmol/L',
    ],
    [
      'a pressure with a third component by names',
      { component: [systolic, diastolic, component('Rate', 70, '/min')] },
      'Systolic 128 mmHg, Diastolic 82 mmHg, Rate 70 /min',
    ],
    ['its status when it has no value', { component: [{ code: { text: 'Systolic' } }] }, 'final'],
  ])('%s', (_, content, detail) => {
    expect(timelineOf([measured(content)])[0]?.detail).toBe(detail);
  });
});
