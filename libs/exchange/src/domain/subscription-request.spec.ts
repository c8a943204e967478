import { describe, expect, it } from '@jest/globals';
import { Fault } from '#platform/fhir';
import { readSubscription } from './subscription-request.ts';
import { encounterEnd } from './subscription-topic.ts';

const guide = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/';
const receiverAt = (url: string) => (url.startsWith('https://board.example/') ? 'board' : undefined);
const number = (name: string, value: object) => ({ url: `${guide}${name}`, ...value });

function subscription(channel: object = {}, more: object = {}) {
  return {
    resourceType: 'Subscription',
    status: 'requested',
    criteria: encounterEnd.url,
    channel: {
      type: 'rest-hook',
      endpoint: 'https://board.example/hook',
      payload: 'application/fhir+json',
      _payload: { extension: [{ url: `${guide}backport-payload-content`, valueCode: 'empty' }] },
      ...channel,
    },
    ...more,
  };
}

/** Where it is refused. */
function refused(sent: object): (string | undefined)[] {
  try {
    readSubscription(sent as never, receiverAt);
    return [];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    expect(error.status).toBe(422);
    return error.issues.map(({ expression }) => expression?.replace('Subscription.', ''));
  }
}

describe('a Subscription', () => {
  it('is read with what it leaves unsaid', () => {
    expect(readSubscription(subscription(), receiverAt)).toEqual({
      status: 'requested',
      topic: encounterEnd.url,
      filters: [],
      partner: 'board',
      endpoint: 'https://board.example/hook',
      content: 'empty',
      mime: 'application/fhir+json',
      headers: {},
      maxCount: 1,
    });
  });

  it('is read with heartbeat, time-out, count, headers and end', () => {
    const extension = [
      number('backport-heartbeat-period', { valueUnsignedInt: 60 }),
      number('backport-timeout', { valueUnsignedInt: 900 }),
      number('backport-max-count', { valuePositiveInt: 5 }),
    ];
    const sent = subscription({ extension, header: ['X-Ward: 7'] }, { end: '2030-01-01T00:00:00Z' });
    expect(readSubscription(sent, receiverAt)).toMatchObject({
      heartbeatSeconds: 60,
      timeoutSeconds: 60,
      maxCount: 5,
      headers: { 'X-Ward': '7' },
      endsAt: Date.parse('2030-01-01'),
    });
  });

  it('is refused with everything that is wrong at once', () => {
    const sent = subscription(
      { endpoint: 'https://evil.example/', payload: 'text/plain' },
      { status: 'error' },
    );
    expect(refused(sent)).toEqual(['status', 'channel.endpoint', 'channel.payload']);
  });

  it.each([
    [{ header: ['no colon'] }, 'channel.header'],
    [{ header: ['Content-Type: text/html'] }, 'channel.header'],
    [{ header: ['X-A: b\r\nAuthorization: c'] }, 'channel.header'],
    [{ extension: [number('backport-timeout', { valueUnsignedInt: 1.5 })] }, 'channel.extension'],
    [{ extension: [number('backport-max-count', { valueString: '5' })] }, 'channel.extension'],
    [
      { _type: { extension: [number('backport-channel-type', { valueCoding: { code: 'zulip' } })] } },
      'channel.type',
    ],
  ])('is refused with %j', (channel, where) => {
    expect(refused(subscription(channel))).toEqual([where]);
  });
});
