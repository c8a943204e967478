import type { NewEvent } from '#platform/messaging';
import type { OwnId } from '#platform/store';
import { communicationDue } from '../contract/communications.ts';
import { communicationOf, type Hindrance, type Telling } from './communication.ts';
import type { WrittenResource } from './discharge-composition.ts';
import type { Addressee } from './recipients.ts';

/** What is written so that others are told, with the events that hand it to whoever sends. */
export interface Tellings {
  readonly resources: readonly WrittenResource[];
  readonly events: readonly NewEvent[];
}

/**
 * One Communication for each addressee; its id follows from what is told and where, so there is one, however often it is
 * made.
 *
 * @param what names that of which is told, e.g. the topic, the encounter and the discharge
 */
export function tellings(
  ownId: OwnId,
  what: readonly string[],
  found: readonly { readonly addressee: Addressee | undefined; readonly hindrance: Hindrance | undefined }[],
  told: Omit<Telling, 'id' | 'addressee' | 'hindrance'>,
): Tellings {
  const made = found.map(({ addressee, hindrance }) => {
    const id = ownId('communication', ...what, addressee?.key ?? '');
    return { id, addressee, hindrance };
  });
  const patient = told.patient?.slice('Patient/'.length) ?? '';
  return {
    resources: made.map((one) => communicationOf({ ...told, ...one })),
    events: made.flatMap(({ id, addressee, hindrance }) =>
      hindrance === undefined && addressee?.endpoint !== undefined
        ? [
            {
              type: communicationDue,
              orderKey: `Patient/${patient}`,
              payload: { communication: id, patient, endpoint: addressee.endpoint },
            },
          ]
        : [],
    ),
  };
}
