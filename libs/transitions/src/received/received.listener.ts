import { Controller, Inject } from '@nestjs/common';
import type { Caller } from '#platform/access';
import type { Transaction } from '#platform/database';
import { derivedId, type Fields, fields, parseLexical } from '#platform/fhir';
import { Hears, type Delivery, type EventMessage } from '#platform/messaging';
import { ResourceStoreToken, type ResourceStore, type WriteEntry } from '#platform/store';
import { bundleReceived, type BundleReceived } from '../contract/received.ts';
import { foreignPatient, receivedBundle, type ReceivedBundle } from '../domain/received-bundle.ts';
import { receivedDocument, relatedIdentifiers, type EarlierDocument } from '../domain/received-document.ts';
import { receivedNotice } from '../domain/received-notice.ts';
import { settledTask, unmatchedTask } from '../domain/unmatched-task.ts';
import { FindPatient } from './find-patient.ts';

/** What the work on one Bundle has to know. */
interface Arrival {
  readonly bundle: string;
  readonly received: ReceivedBundle;
  readonly at: number;
}

/**
 * Puts a document or a notice that came on the record of its patient. Its ids follow from what the sender calls it, and it
 * is written with the mark that the event was applied: sent again, it changes nothing. While `patients` does not answer
 * the event comes again.
 */
@Controller()
export class ReceivedListener {
  readonly #patients: FindPatient;
  readonly #store: ResourceStore;

  constructor(@Inject(FindPatient) patients: FindPatient, @Inject(ResourceStoreToken) store: ResourceStore) {
    this.#patients = patients;
    this.#store = store;
  }

  @Hears(bundleReceived, 'received-bundles')
  async received(
    caller: Caller,
    event: EventMessage<BundleReceived>,
    delivery: Delivery<Transaction>,
  ): Promise<void> {
    if (await delivery.alreadyApplied()) return;
    const { bundle } = event.payload;
    const stored = await this.#read(caller, `Bundle/${bundle}`);
    const received = stored && receivedBundle(stored.fields);
    if (received === undefined) return;
    const entries = await this.#entries(caller, { bundle, received, at: event.occurredAt });
    if (entries.length === 0) return;
    await delivery.applyOnce(async (transaction) => {
      await this.#store.writeIn(transaction, caller, entries, { traceparent: event.traceparent });
    });
  }

  async #entries(caller: Caller, arrival: Arrival): Promise<readonly WriteEntry[]> {
    const { bundle, received, at } = arrival;
    const taskId = derivedId('received-unmatched', bundle);
    const task = await this.#read(caller, `Task/${taskId}`);
    const found = await this.#patients.of(caller, foreignPatient(received));
    if ('unmatched' in found) return task ? [] : [made(unmatchedTask(taskId, bundle, found.unmatched, at))];
    const settled = task && settledTask(task.fields);
    const entries = await (received.kind === 'notice' ? this.#notice : this.#document).call(
      this,
      caller,
      arrival,
      found.patient,
    );
    return [...entries, ...(task && settled ? [changed({ ...task, fields: settled })] : [])];
  }

  async #notice(caller: Caller, { bundle, received, at }: Arrival, patient: string): Promise<WriteEntry[]> {
    const id = derivedId('received-notice', ...received.key);
    if (await this.#read(caller, `Communication/${id}`)) return [];
    return [made(receivedNotice(id, received, { bundle, patient }, at))];
  }

  async #document(caller: Caller, { bundle, received }: Arrival, patient: string): Promise<WriteEntry[]> {
    const id = derivedId('received-document', ...received.key);
    if (await this.#read(caller, `DocumentReference/${id}`)) return [];
    const earlier = await this.#related(caller, received, patient);
    const { reference, superseded } = receivedDocument(id, received, { bundle, patient }, earlier);
    return [made(reference), ...superseded.map(changed)];
  }

  /** The documents of the patient that this one replaces, or that replace it. */
  async #related(caller: Caller, received: ReceivedBundle, patient: string): Promise<EarlierDocument[]> {
    const identifiers = relatedIdentifiers(received);
    if (identifiers.length === 0) return [];
    const search = {
      filters: [
        { parameter: 'identifier', type: 'token' as const, values: [...identifiers] },
        {
          parameter: 'patient',
          type: 'reference' as const,
          values: [{ targetType: 'Patient', value: patient }],
        },
      ],
      sort: [],
      count: 100,
      total: 'none' as const,
    };
    const { result, texts } = await this.#store.search(caller, { type: 'DocumentReference', search });
    return result.matches.map(({ id, version }, at) => ({
      id,
      version,
      fields: fields(parseLexical(texts[at] ?? '{}')),
    }));
  }

  async #read(caller: Caller, reference: string): Promise<EarlierDocument | undefined> {
    const { result, texts } = await this.#store.readMany(caller, { references: [reference] });
    const [stored] = result;
    return (
      stored && { id: stored.id, version: stored.version, fields: fields(parseLexical(texts[0] ?? '{}')) }
    );
  }
}

/** What is not there yet: somebody else who makes it meanwhile has the event come again. */
function made(resource: Fields): WriteEntry {
  return entry(resource, 0);
}

/** Another version by then: the event comes again, and reads that one. */
function changed({ fields: resource, version }: EarlierDocument): WriteEntry {
  return entry(resource, version);
}

function entry(resource: Fields, ifMatch: number): WriteEntry {
  const [type, id] = [String(resource['resourceType']), String(resource['id'])];
  return { request: { method: 'update', type, id, ifMatch }, text: JSON.stringify(resource) };
}
