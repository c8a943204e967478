import type { Caller } from '#platform/access';
import { all, asFault, Fault, fields, idForm, sliceBundle, words } from '#platform/fhir';
import type { CallScope } from '#platform/messaging';
import { exit, type OutboundHttp, type Partner } from '#platform/outbound';
import type { Resource } from '#platform/store';
import type { MissingSource } from './missing-source.ts';

export const otherServers = exit('medications', {
  name: 'medication-history',
  kind: 'fhir',
  action: 'E',
  documentation:
    'A FHIR server is asked, by the identifiers of a patient, for what it holds of the patient’s medications, when somebody asks for the medication history or reconciles; what it answers is shown and not stored.',
});

/** A resource that another server answered. */
export interface ForeignResource {
  /** The name of the partner. */
  readonly server: string;
  /** Where it is. */
  readonly url: string;
  readonly text: string;
  readonly resource: Resource;
  /** The Medication that it refers to, if the server sent it along. */
  readonly medication: Resource | undefined;
}

export interface ForeignLines {
  readonly resources: readonly ForeignResource[];
  readonly missing: readonly MissingSource[];
}

/** For one server, all its questions together: a person waits for the answer. */
const timeLimitMs = 4_000;
const mostPages = 5;
const pageCount = 200;

/** What became of a server, or of one type there, that could not be asked or did not answer. */
export function missingBy(server: string, error: unknown, what = 'its medications'): MissingSource {
  const { kind, message } = asFault(error);
  const code = kind === 'forbidden' ? 'suppressed' : kind === 'not-found' ? 'incomplete' : 'transient';
  return { source: server, code, says: `Without ${what} of ${server}: ${message}` };
}

/** The questions to one server, in one time limit. */
export class OneServer {
  readonly #outbound: OutboundHttp;
  readonly #partner: Partner;
  readonly #caller: Caller;
  readonly #patient: string;
  readonly #signal: AbortSignal;

  constructor(caller: Caller, patient: string, within: CallScope, outbound: OutboundHttp, partner: Partner) {
    this.#outbound = outbound;
    this.#partner = partner;
    this.#caller = caller;
    this.#patient = patient;
    this.#signal = within.signal;
  }

  async ask(identifiers: string, types: readonly string[]): Promise<ForeignLines> {
    const { name } = this.#partner;
    const until = Date.now() + timeLimitMs;
    try {
      const patients = (await this.#identified(identifiers, until)).filter(isA('Patient'));
      if (patients.length === 0) return { resources: [], missing: [] };
      if (patients.length > 1)
        throw new Fault(
          'not-found',
          `the identifiers lead to ${patients.length} patients there. Ask there who is who.`,
        );
      const there = String(patients[0]!.resource['id']);
      const answers = await Promise.all(types.map((type) => this.#ofType(type, there, until)));
      return {
        resources: answers.flatMap(({ resources }) => resources),
        missing: answers.flatMap(({ missing }) => missing),
      };
    } catch (error) {
      return { resources: [], missing: [missingBy(name, error)] };
    }
  }

  async #ofType(type: string, patient: string, until: number): Promise<ForeignLines> {
    try {
      const query = `patient=${patient}&_include=${type}:medication&_count=${pageCount}`;
      const found = await this.#search(type, { path: `${type}?${query}` }, until);
      const medications = new Map(found.filter(isA('Medication')).map((each) => [each.url, each.resource]));
      const resources = found
        .filter(isA(type))
        // A server that answers more than it was asked for must not put another patient's lines among these.
        .filter(({ resource }) => subjectOf(resource)?.endsWith(`Patient/${patient}`) === true)
        .map((each) => ({ ...each, medication: this.#medicationOf(each.resource, medications) }));
      return { resources, missing: [] };
    } catch (error) {
      return { resources: [], missing: [missingBy(this.#partner.name, error, type)] };
    }
  }

  #medicationOf(resource: Resource, medications: ReadonlyMap<string, Resource>): Resource | undefined {
    const reference = words(fields(resource['medicationReference'])['reference']);
    if (reference === undefined) return undefined;
    return medications.get(reference) ?? medications.get(`${this.#partner.base.href}${reference}`);
  }

  /** By POST: what identifies a person stands in no address, which servers and proxies write into their logs. */
  #identified(identifiers: string, until: number): Promise<ForeignResource[]> {
    return this.#search('Patient', { path: 'Patient/_search', form: `identifier=${identifiers}` }, until);
  }

  async #search(
    type: string,
    { path, form }: { readonly path: string; readonly form?: string },
    until: number,
  ): Promise<ForeignResource[]> {
    const found: ForeignResource[] = [];
    let url: string | undefined = `${this.#partner.base.href}${path}`;
    for (let page = 1; url !== undefined; page += 1) {
      if (page > mostPages)
        throw new Fault(
          'too-costly',
          `it has more than ${mostPages * pageCount} of type ${type}. Ask it itself.`,
        );
      const text = await this.#page(type, url, page === 1 ? form : undefined, until);
      for (const { resource } of sliceBundle(text).entries)
        if (resource !== undefined) found.push(...this.#resourceIn(resource.text));
      const next = all(fields(JSON.parse(text))['link']).find(({ relation }) => relation === 'next');
      url = words(next?.['url']);
    }
    return found;
  }

  async #page(type: string, url: string, form: string | undefined, until: number): Promise<string> {
    const accept = 'application/fhir+json';
    const asked =
      form === undefined
        ? { method: 'GET' as const, headers: { accept } }
        : {
            method: 'POST' as const,
            headers: { accept, 'content-type': 'application/x-www-form-urlencoded' },
            body: form,
          };
    const { status, text } = await this.#outbound.request(this.#caller, otherServers, {
      ...asked,
      partner: this.#partner.name,
      url,
      concerns: { type, count: 0, patients: [this.#patient] },
      timeoutMs: Math.max(1, until - Date.now()),
      signal: this.#signal,
    });
    if (status !== 200)
      throw new Fault('unavailable', `it answered ${status} when it was asked for ${type}.`);
    return text;
  }

  #resourceIn(text: string): ForeignResource[] {
    const resource = fields(JSON.parse(text));
    const { resourceType, id } = resource;
    if (typeof resourceType !== 'string' || typeof id !== 'string' || !idForm.test(id)) return [];
    const { name, base } = this.#partner;
    return [
      { server: name, url: `${base.href}${resourceType}/${id}`, text, resource, medication: undefined },
    ];
  }
}

function isA(type: string) {
  return ({ resource }: ForeignResource): boolean => resource['resourceType'] === type;
}

function subjectOf(resource: Resource): string | undefined {
  return words(fields(resource['subject'])['reference']);
}
