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
const pressure = (code: string, value: number, unit = 'mmHg') => ({
  code: { text: code },
  valueQuantity: { value, unit },
});

describe('what a timeline says of an observation', () => {
  it.each([
    ['its value', { valueQuantity: { value: 37.9, unit: 'Cel' } }, '37.9 Cel'],
    ['its coded value', { valueCodeableConcept: { text: 'Positive' } }, 'Positive'],
    [
      'its components, once with the unit they share',
      { component: [pressure('Systolic', 128), pressure('Diastolic', 82)] },
      '128/82 mmHg',
    ],
    [
      'its components by name when their units differ',
      { component: [pressure('Rate', 70, '/min'), pressure('Pressure', 82)] },
      'Rate 70 /min, Pressure 82 mmHg',
    ],
    ['its status when it has no value', { component: [{ code: { text: 'Systolic' } }] }, 'final'],
  ])('%s', (_, content, detail) => {
    expect(timelineOf([measured(content)])[0]?.detail).toBe(detail);
  });
});
