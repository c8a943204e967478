import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '#platform/access';
import { Fault, parseLexical } from '#platform/fhir';
import { Hl7Fault, parseLocation, type Location } from '#platform/hl7v2';
import { decodeFault, Messenger } from '#platform/messaging';
import { resourceContracts, type WriteResource } from '#platform/store';
import { merge, standingOf, type MappedResource, type MappingIssue } from '#platform/v2-to-fhir';
import { calledOff } from '../domain/called-off.ts';
import { subjectOf } from '../domain/subject-of.ts';
import { ResourceOwners } from '../resource-owners.ts';
import { address, type Known, type KnownResources } from './known.ts';
import { Refused } from './refused.ts';
import { isFoundByIdentifier, ResolveIdentities } from './resolve-identities.ts';

/** Other writers may be at the same resource; each time it is read anew. */
const attempts = 5;
/** Resources that one call reads, or writes: a long message leaves others their turn. */
const readTogether = 1_000;
const writtenTogether = 100;

type Json = Readonly<Record<string, unknown>>;

/** What is to be written of one resource. */
interface Draft {
  readonly resource: MappedResource;
  readonly request: WriteResource;
  readonly text: string;
  /** Whether the message says anything new. */
  readonly isChanged: boolean;
  readonly isLate: boolean;
  /** Whom what is there is about, where the message says that it is about somebody else. */
  readonly before: string | undefined;
}

/** What a message brought about. */
interface Applied {
  /** The ids of those whom it concerns. */
  readonly patients: readonly string[];
  /** What of it was not taken, and why. */
  readonly issues: readonly MappingIssue[];
}

/** A write that came too late: somebody else wrote the resource meanwhile. */
interface Overtaken {
  readonly resource: MappedResource;
  readonly fault: Fault;
}

/**
 * Lays what a message says over what its resources hold, each in the context that owns it. Done twice it changes nothing
 * the second time, so an apply that was broken off is simply done again. Encounters come last: whoever hears that a stay
 * ended finds all that the same message said of it.
 */
@Injectable()
export class ApplyResources {
  readonly #messenger: Messenger;
  readonly #owners: ResourceOwners;
  readonly #identities: ResolveIdentities;

  constructor(
    @Inject(Messenger) messenger: Messenger,
    @Inject(ResourceOwners) owners: ResourceOwners,
    @Inject(ResolveIdentities) identities: ResolveIdentities,
  ) {
    this.#messenger = messenger;
    this.#owners = owners;
    this.#identities = identities;
  }

  /**
   * @param source what `meta.source` says of what is written
   * @throws Refused when a context refuses one of them; Hl7Fault when one is another patient's, and nothing is written;
   * Fault when a context does not answer
   */
  async apply(caller: Caller, mapped: readonly MappedResource[], source: string): Promise<Applied> {
    const [{ resources, known: found }, others] = await Promise.all([
      this.#identities.resolve(caller, mapped),
      this.#read(
        caller,
        mapped.filter((resource) => !isFoundByIdentifier(resource)),
      ),
    ]);
    const known = new Map([...others, ...found]);
    const drafts = await this.#drafts(caller, resources, known, source, 1);
    const isEncounter = ({ resource }: Draft) => resource.type === 'Encounter';
    await this.#write(
      caller,
      drafts.filter((each) => !isEncounter(each)),
      source,
    );
    await this.#write(caller, drafts.filter(isEncounter), source);
    const patients = [...new Set(resources.filter(({ type }) => type === 'Patient').map(({ id }) => id))];
    return { patients, issues: drafts.some(({ isLate }) => isLate) ? [late] : [] };
  }

  /** What is there of them, asked of each context once. */
  async #read(caller: Caller, resources: readonly MappedResource[]): Promise<KnownResources> {
    const known = new Map<string, Known>();
    await Promise.all(
      [...this.#byContext(resources)].map(async ([context, own]) => {
        const { readMany } = resourceContracts(context);
        const all = [...new Set(own.map(address))];
        for (let from = 0; from < all.length; from += readTogether) {
          const references = all.slice(from, from + readTogether);
          const { result, texts } = await this.#messenger.call(caller, readMany, { references });
          result.forEach((stored, at) => known.set(address(stored), { stored, text: texts[at]! }));
        }
      }),
    );
    return known;
  }

  /** Lays each over what is known of it, unless that is another patient's, or a stay that has ended. */
  async #drafts(
    caller: Caller,
    resources: readonly MappedResource[],
    known: KnownResources,
    source: string,
    attempt: number,
  ): Promise<readonly Draft[]> {
    const drafts = resources.map((resource) =>
      draft(resource, known.get(address(resource)), source, attempt),
    );
    for (const { resource, before } of drafts)
      if (
        before !== undefined &&
        (await this.#identities.survivorOf(caller, before)) !== subjectOf(resource.content)
      )
        throw anothers(resource);
    return drafts;
  }

  /** Writes them; where another writer was faster, lays them over what is there then. */
  async #write(caller: Caller, first: readonly Draft[], source: string): Promise<void> {
    let drafts = first.filter(({ isChanged }) => isChanged);
    for (let attempt = 1; drafts.length > 0; attempt += 1) {
      const overtaken = await this.#writeOnce(caller, drafts);
      if (overtaken[0] === undefined) return;
      if (attempt === attempts) throw new Refused(overtaken[0].resource, overtaken[0].fault);
      const left = overtaken.map(({ resource }) => resource);
      const again = await this.#drafts(caller, left, await this.#read(caller, left), source, attempt + 1);
      drafts = again.filter(({ isChanged }) => isChanged);
    }
  }

  async #writeOnce(caller: Caller, drafts: readonly Draft[]): Promise<readonly Overtaken[]> {
    const overtaken: Overtaken[] = [];
    const byContext = Map.groupBy(drafts, ({ resource }) => this.#contextOf(resource.type));
    const writeAll = async ([context, own]: readonly [string, readonly Draft[]]): Promise<void> => {
      for (let from = 0; from < own.length; from += writtenTogether)
        overtaken.push(
          ...(await this.#writeTogether(caller, context, own.slice(from, from + writtenTogether))),
        );
    };
    await Promise.all([...byContext].map(writeAll));
    return overtaken;
  }

  async #writeTogether(
    caller: Caller,
    context: string,
    drafts: readonly Draft[],
  ): Promise<readonly Overtaken[]> {
    const { result } = await this.#messenger.call(
      caller,
      resourceContracts(context).writeMany,
      { writes: drafts.map(({ request }) => request) },
      { texts: drafts.map(({ text }) => text) },
    );
    return result.flatMap((each, at) => {
      if ('written' in each) return [];
      const { resource } = drafts[at]!;
      const fault = decodeFault(each.refused);
      if (fault.kind !== 'version-conflict') throw new Refused(resource, fault);
      return [{ resource, fault }];
    });
  }

  #byContext(resources: readonly MappedResource[]): ReadonlyMap<string, readonly MappedResource[]> {
    return Map.groupBy(resources, ({ type }) => this.#contextOf(type));
  }

  #contextOf(type: string): string {
    const context = this.#owners.contextOf(type);
    if (context === undefined)
      throw new Fault('not-supported', 'The message makes a resource of a type that nobody here owns.');
    return context;
  }
}

/** What writes a resource as the message has it, under the version that was read. */
function draft(resource: MappedResource, known: Known | undefined, source: string, attempt: number): Draft {
  const before = known && (parseLexical(known.text) as Json);
  const { isLate, isEnded } = standingOf(before, resource);
  if (isEnded) throw new Hl7Fault('205', ended, numberOf(resource, 'PV1[1]-19'));
  const mode = isLate.course ? 'upsert' : resource.mode;
  const after = calledOff(before, merge(before, resource) as Json, mode);
  const text = JSON.stringify({ ...after, meta: { ...(after['meta'] as Json | undefined), source } });
  // What is not there and yet in the way was deleted: then it is made anew.
  const ifMatch = known?.stored.version ?? (attempt === 1 ? 0 : undefined);
  const { type, id } = resource;
  const request = { method: 'update' as const, type, id, ...(ifMatch === undefined ? {} : { ifMatch }) };
  const [was, is] = [subjectOf(before), subjectOf(resource.content)];
  return {
    resource,
    request,
    text,
    isChanged: JSON.stringify(after) !== JSON.stringify(before),
    isLate: isLate.course || isLate.place,
    before: was === is || is === undefined ? undefined : was,
  };
}

const late: MappingIssue = {
  severity: 'warning',
  location: 'EVN[1]-2',
  code: '199',
  text: 'More recent messages told of this visit: where it stands, or where the patient is, was left as they say.',
};

const ended =
  'The stay of this number has ended, and only a cancelled discharge (A13) takes it up again. Have the sender cancel the discharge first, or give the new stay a number of its own; then send this message again.';

/** A number that the sender has used before, for somebody else. */
function anothers(resource: MappedResource): Hl7Fault {
  const text = `The ${resource.type} of this number is known, and is another patient's. Have the sender name an assigning authority for its numbers, or correct the number or the patient.`;
  return new Hl7Fault('205', text, numberOf(resource, 'PID[1]-3'));
}

/** The field that has the number of a resource. */
function numberOf({ lineage }: MappedResource, otherwise: string): Location {
  const found = lineage.find(([element]) => /^identifier\b.*\bvalue$/.test(element));
  return parseLocation(found?.[1] ?? otherwise);
}
