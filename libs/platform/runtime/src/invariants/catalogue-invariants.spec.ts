import { describe, expect, it } from '@jest/globals';
import { eventType } from '#platform/messaging';
import { resourceChanged } from '#platform/store';
import { defineContext, type ContextDefinition } from '../context-definition.ts';
import { assertCatalogue } from './catalogue-invariants.ts';

class Nothing {}
const context = (name: string, rest: Partial<ContextDefinition> = {}) =>
  defineContext({ name, types: [], ...rest });

describe('the catalogue', () => {
  it('is accepted when every type has one owner and the needs have no cycle', () => {
    const patients = context('patients', { types: ['Patient'] });
    const admitted = eventType('encounters', 'encounter.admitted', Nothing);
    const encounters = context('encounters', {
      types: ['Encounter'],
      needs: ['patients'],
      publishes: [admitted],
    });
    const transitions = context('transitions', {
      needs: ['patients', 'encounters'],
      hears: [admitted, resourceChanged('patients')],
    });
    expect(() => assertCatalogue([patients, encounters, transitions])).not.toThrow();
  });

  it.each<[string, ContextDefinition[], string]>([
    ['one name twice', [context('patients'), context('patients')], 'patients: the name is taken'],
    ['a context named edge', [context('edge')], 'edge: the name is taken'],
    [
      'a need of nobody',
      [context('patients', { needs: ['pharmacy'] })],
      'patients: it needs pharmacy, and there is no such context',
    ],
    [
      'a type with two owners',
      [context('patients', { types: ['Patient'] }), context('clinical', { types: ['Patient'] })],
      'clinical: Patient is owned by patients too',
    ],
    [
      'a cycle of needs',
      [context('a', { needs: ['b'] }), context('b', { needs: ['c'] }), context('c', { needs: ['a'] })],
      'a: it needs itself, by a → b → c → a',
    ],
    [
      'an event that nobody publishes',
      [context('a'), context('b', { hears: [eventType('a', 'thing.happened', Nothing)] })],
      'b: it hears a.thing.happened.v1, which no context publishes',
    ],
  ])('refuses %s', (_fault, contexts, message) => {
    expect(() => assertCatalogue(contexts)).toThrow(`Septum does not start. ${message}`);
  });
});
