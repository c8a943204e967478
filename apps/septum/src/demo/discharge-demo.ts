import type { Caller } from '#platform/access';
import type { Messenger } from '#platform/messaging';
import { resourceContracts } from '#platform/store';
import { hl7Concept, moment, type DemoResource } from './building-blocks.ts';
import { demoHouse, type DemoOptions } from './demo-house.ts';

const write = resourceContracts('encounters').write;

function isOpenStay({ resourceType, status, class: kind }: DemoResource): boolean {
  return (
    resourceType === 'Encounter' && status === 'in-progress' && (kind as { code?: string }).code === 'IMP'
  );
}

function ended(stay: DemoResource, until: number): DemoResource {
  const end = moment(until);
  const places = stay['location'] as readonly { readonly period: object }[];
  return {
    ...stay,
    status: 'finished',
    period: { ...(stay['period'] as object), end },
    hospitalization: { dischargeDisposition: hl7Concept('discharge-disposition', 'home', 'Home') },
    location: places.map((place) => ({ ...place, status: 'completed', period: { end, ...place.period } })),
  };
}

/**
 * Discharges the first stays that the demo left open, by the same contract as everybody: the rules of care run, and each
 * discharge is documented. An import would leave both out.
 */
export async function dischargeDemo(
  caller: Caller,
  messenger: Messenger,
  options: DemoOptions,
  most: number,
): Promise<number> {
  const stays = demoHouse(options).filter(isOpenStay).take(most).toArray();
  for (const stay of stays) {
    const texts = [JSON.stringify(ended(stay, options.until))];
    await messenger.call(caller, write, { method: 'update', type: 'Encounter', id: stay.id }, { texts });
  }
  return stays.length;
}
