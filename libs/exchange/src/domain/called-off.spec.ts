import { describe, expect, it } from '@jest/globals';
import { calledOff } from './called-off.ts';

const encounter = (status: string) => ({ resourceType: 'Encounter', status });

describe('an encounter that a message calls off', () => {
  it.each(['planned', 'arrived', 'triaged'])('is cancelled when it was %s', (status) => {
    expect(calledOff(encounter(status), encounter('cancelled'), 'cancel')).toEqual(encounter('cancelled'));
  });

  it.each(['in-progress', 'onleave', 'finished', 'entered-in-error'])(
    'was an error when it was %s',
    (status) => {
      const after = calledOff(encounter(status), encounter('cancelled'), 'cancel');
      expect(after).toEqual(encounter('entered-in-error'));
    },
  );

  it('is cancelled when nobody had heard of it', () => {
    expect(calledOff(undefined, encounter('cancelled'), 'cancel')).toEqual(encounter('cancelled'));
  });

  it('is what the message says, when that calls nothing off', () => {
    expect(calledOff(encounter('in-progress'), encounter('finished'), 'upsert')).toEqual(
      encounter('finished'),
    );
  });
});
