import { describe, expect, it } from '@jest/globals';
import { validate } from '#platform/fhir';
import { notificationBundle, type NotificationParts } from './notification.ts';
import { medicationChange } from './subscription-topic.ts';

const events = [
  {
    number: 6,
    at: 0,
    type: 'MedicationRequest',
    id: 'a',
    created: true,
    text: '{"resourceType":"MedicationRequest","x":1.10}',
  },
  { number: 7, at: 1, type: 'MedicationRequest', id: 'b', created: false, text: undefined },
];
const parts: NotificationParts = {
  base: 'https://own.example/fhir/R4',
  type: 'event-notification',
  content: 'full-resource',
  subscription: { id: 's', topic: medicationChange.url, status: 'active', events: 9 },
  events,
  ids: ['bundle', 'status'],
  now: 0,
};

interface Read {
  readonly entry: readonly {
    readonly resource?: { readonly parameter: readonly { readonly name: string }[] };
  }[];
}

const read = (changes: Partial<NotificationParts>) =>
  JSON.parse(notificationBundle({ ...parts, ...changes })) as Read;

describe('a notification', () => {
  it('holds resources as they are written, and says of one that is missing that it is', () => {
    const text = notificationBundle(parts);
    expect(text).toContain(
      '"resource":{"resourceType":"MedicationRequest","x":1.10},"request":{"method":"POST"',
    );
    expect(JSON.parse(text)).toMatchObject({
      entry: [
        {},
        { response: { status: '201' } },
        { request: { url: 'MedicationRequest/b' }, response: { status: '404' } },
      ],
    });
  });

  it.each(['empty', 'id-only'] as const)('is a history Bundle by the definitions of R4: %s', (content) => {
    const bundle = read({ content });
    expect(validate('Bundle', bundle as never)).toEqual([]);
    expect(validate('Parameters', bundle.entry[0]!.resource as never)).toEqual([]);
  });

  it('tells of its own last event as the last there was, a heartbeat of all', () => {
    const told = (bundle: Read) =>
      bundle.entry[0]!.resource!.parameter.find(({ name }) => name === 'eventsSinceSubscriptionStart');
    expect(told(read({}))).toMatchObject({ valueString: '7' });
    expect(told(read({ type: 'heartbeat', events: [] }))).toMatchObject({ valueString: '9' });
  });

  it('names neither topic nor resource when it is empty', () => {
    const text = notificationBundle({ ...parts, content: 'empty' });
    expect(text).not.toMatch(/medication/i);
    expect((JSON.parse(text) as Read).entry).toHaveLength(1);
  });

  it('is relative where the address of the installation is not known', () => {
    expect(notificationBundle({ ...parts, base: undefined, content: 'id-only' })).toContain(
      '"fullUrl":"MedicationRequest/a"',
    );
  });
});
