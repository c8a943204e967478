import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, Receiver, type House, type Json } from '#platform/testing';

interface Parameter {
  readonly name: string;
  readonly part?: readonly Parameter[];
  readonly [value: string]: unknown;
}

export interface Notification {
  readonly type: string;
  readonly meta: { readonly profile: readonly string[] };
  readonly entry: readonly {
    readonly fullUrl: string;
    readonly resource?: { readonly parameter: readonly Parameter[] } & Json;
    readonly request: Json;
    readonly response: Json;
  }[];
}

const guide = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/';
export const encounterEnd = 'urn:septum:subscription-topic:encounter-end';
export const newDocument = 'urn:septum:subscription-topic:new-document';
export const medicationChange = 'urn:septum:subscription-topic:medication-change';

/** An extension of the guide. */
export function extension(name: string, value: object): object {
  return { url: `${guide}${name}`, ...value };
}

/** A system that is notified, as a partner of the house, and what it was told. */
export class WardBoard extends Receiver {
  readonly #folder = mkdtempSync(join(tmpdir(), 'septum-ward-board-'));

  /** The settings of a house that has it for a partner, beside others. */
  partner(...others: readonly object[]): { readonly SEPTUM_PARTNERS_FILE: string } {
    const baseUrl = `http://127.0.0.1:${this.port}/`;
    const file = join(this.#folder, 'partners.yaml');
    writeFileSync(
      file,
      JSON.stringify([
        { name: 'ward-board', kind: 'rest-hook', baseUrl, retryForMs: 2_500, timeoutMs: 30_000 },
        ...others,
      ]),
    );
    return { SEPTUM_PARTNERS_FILE: file };
  }

  override async close(): Promise<void> {
    await super.close();
    rmSync(this.#folder, { recursive: true });
  }

  /** Notified at an endpoint of its own, by ids unless told. */
  subscription(
    id: string,
    topic: string,
    {
      filter,
      content = 'id-only',
      channel = {},
    }: { filter?: string; content?: string; channel?: object } = {},
  ): Json {
    const criteria = extension('backport-filter-criteria', { valueString: filter });
    return {
      resourceType: 'Subscription',
      id,
      status: 'requested',
      reason: 'The board on the ward',
      criteria: topic,
      ...(filter === undefined ? {} : { _criteria: { extension: [criteria] } }),
      channel: {
        type: 'rest-hook',
        endpoint: `http://127.0.0.1:${this.port}/${id}`,
        payload: 'application/fhir+json',
        _payload: { extension: [extension('backport-payload-content', { valueCode: content })] },
        ...channel,
      },
    };
  }

  /** What came for a subscription, in the order in which it came. */
  told(id: string): Notification[] {
    return this.received
      .filter(({ path }) => path === `/${id}`)
      .map(({ body }) => JSON.parse(body) as Notification);
  }

  /** The notifications of events among them, each the first time it came: whoever delivers may have been killed. */
  news(id: string): Notification[] {
    const known = new Set<string>();
    return this.told(id).filter((each) => {
      const numbers = eventsIn(each).map(({ eventNumber }) => String(eventNumber));
      const isNew = numbers.some((number) => !known.has(number));
      for (const number of numbers) known.add(number);
      return isNew;
    });
  }

  /** The numbers of events that came, as often as they came. */
  numbers(id: string): number[] {
    return this.told(id)
      .flatMap(eventsIn)
      .map(({ eventNumber }) => Number(eventNumber));
  }

  async until(check: () => boolean): Promise<void> {
    await eventually(async () => {
      if (!check()) throw new Error('not yet');
    }, 60_000);
  }
}

export function statusIn({ entry }: Notification): readonly Parameter[] {
  return entry[0]!.resource!.parameter;
}

/** The value of a parameter of the status. */
export function said(notification: Notification, name: string): unknown {
  const found = statusIn(notification).find((each) => each.name === name);
  return Object.entries(found ?? {}).find(([key]) => key.startsWith('value'))?.[1];
}

/** The events of a notification, part by part. */
export function eventsIn(notification: Notification): Record<string, unknown>[] {
  return statusIn(notification)
    .filter(({ name }) => name === 'notificationEvent')
    .map(({ part = [] }) =>
      Object.fromEntries(part.map(({ name, ...value }) => [name, Object.values(value)[0]])),
    );
}

/** The Subscription, once it is in this state. */
export function inState(house: House, id: string, state: string): Promise<Json> {
  return eventually(async () => {
    const { body } = await house.fhir.get(`Subscription/${id}`);
    if (body['status'] !== state) throw new Error(`${id} is ${String(body['status'])}`);
    return body;
  }, 60_000);
}

export function order(id: string, patient: string, more: object = {}): Json {
  return {
    resourceType: 'MedicationRequest',
    id,
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: { text: 'Aspirin' },
    subject: { reference: `Patient/${patient}` },
    ...more,
  };
}

export function stay(id: string, patient: string, status: string): Json {
  return {
    resourceType: 'Encounter',
    id,
    status,
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
    subject: { reference: `Patient/${patient}` },
  };
}
