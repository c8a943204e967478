// An operation of Septum's own, defined as https://hl7.org/fhir/R4/operations.html asks.
import { Controller, Inject } from '@nestjs/common';
import { assertScope, hasScope, type Caller } from '#platform/access';
import { Fault, operationOutcome, printableName } from '#platform/fhir';
import { Handles, Messenger, reply, type CallScope, type Reply } from '#platform/messaging';
import { InvokeOperation, operation } from '#platform/runtime';
import { ResourceStoreToken, type LocalReference, type Resource, type ResourceStore } from '#platform/store';
import { medicationsResources } from '../contract/index.ts';
import { conceptText } from '../domain/element.ts';
import { historyLine, historySources, type HistoryLine } from '../domain/history-line.ts';
import { historyList } from '../domain/history-list.ts';
import { historyPage, lineReference } from '../domain/history-order.ts';

export const medicationHistory = operation('medications', {
  name: 'medication-history',
  level: 'instance',
  type: 'Patient',
  readOnly: true,
  documentation:
    'One list of all medication orders, dispenses, administrations and statements of a patient, newest first, each line naming its source.',
});

const defaultCount = 200;
const mostCount = 1_000;
const searchCount = 1_000;
/** A history longer than this is refused: a list that leaves out lines would not say so to who reads it. */
const mostLines = 20_000;

/** Resources by `Type/id`, as parsed and as text. */
type Sources = ReadonlyMap<string, { readonly resource: Resource; readonly text: string }>;

/**
 * `GET Patient/[id]/$medication-history?_count=&_cursor=` answers a searchset Bundle. Its first entry is a List (LOINC
 * 10160-0, ordered by event date, newest first), made for this page: entry by entry `flag` names the source (`request`,
 * `dispense`, `administration`, `statement`), `date` says when, `item` refers to the resource and says it in words. The
 * resources follow as the matches, in the same order. `total` counts all lines of the history, `link[next]` leads to the
 * next page. Types that the caller's scopes do not allow are left out: an OperationOutcome names them, and there is no
 * total. Faults: `forbidden` when that is all of them, `unknown-parameter`, `bad-parameter`, `too-costly`.
 */
@Controller()
export class MedicationHistoryOperation {
  readonly #messenger: Messenger;
  readonly #localReference: LocalReference;

  constructor(
    @Inject(Messenger) messenger: Messenger,
    @Inject(ResourceStoreToken) { localReference }: ResourceStore,
  ) {
    this.#messenger = messenger;
    this.#localReference = localReference;
  }

  @Handles(medicationHistory.contract)
  async history(
    caller: Caller,
    { id, base, parameters }: InvokeOperation,
    scope: CallScope,
  ): Promise<Reply<object>> {
    const patient = String(id);
    const { count, cursor } = readParameters(parameters);
    const types = historySources.map(({ type }) => type).filter((type) => hasScope(caller, type, 's'));
    if (types.length === 0) assertScope(caller, historySources[0].type, 's');
    const sources = await this.#sources(caller, types, patient, scope);
    const lines = [...sources.values()]
      .map(({ resource }) => historyLine(resource, this.#localReference))
      .filter((line) => line !== undefined);
    const page = historyPage(lines, count, cursor);
    const named = await this.#named(caller, page.lines, scope);
    const list = historyList(patient, named, Date.now());
    const matches = page.lines
      .map(lineReference)
      .map((reference) => [`${base}/${reference}`, sources.get(reference)!.text] as const);
    const addressOf = (at: string | undefined) => {
      const query = `_count=${count}${at === undefined ? '' : `&_cursor=${encodeURIComponent(at)}`}`;
      return `${base}/Patient/${patient}/$medication-history?${query}`;
    };
    const next = page.next === undefined ? {} : { next: addressOf(page.next) };
    const links = { self: addressOf(cursor), ...next };
    return reply({}, [bundleText(links, JSON.stringify(list), matches, lines.length, leftOut(caller))]);
  }

  /** Everything of the types that the caller may see of the patient. */
  async #sources(
    caller: Caller,
    types: readonly string[],
    patient: string,
    scope: CallScope,
  ): Promise<Sources> {
    const found = await Promise.all(types.map((type) => this.#search(caller, type, patient, scope)));
    const texts = found.flat();
    return new Map(
      texts.map((text) => {
        const resource = JSON.parse(text) as Resource;
        return [`${String(resource['resourceType'])}/${String(resource['id'])}`, { resource, text }];
      }),
    );
  }

  async #search(caller: Caller, type: string, patient: string, within: CallScope): Promise<string[]> {
    const filters = [
      {
        parameter: 'patient',
        type: 'reference' as const,
        values: [{ targetType: 'Patient', value: patient }],
      },
    ];
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = cursor === undefined ? {} : { cursor };
      const search = { filters, sort: [], count: searchCount, total: 'none' as const, ...page };
      const { result, texts } = await this.#messenger.call(
        caller,
        medicationsResources.search,
        { type, search },
        { within },
      );
      found.push(...texts);
      if (found.length > mostLines) {
        throw new Fault(
          'too-costly',
          `The history has more than ${mostLines} lines. Search the four types by date instead.`,
        );
      }
      cursor = result.next;
    } while (cursor !== undefined);
    return found;
  }

  /** Lines that tell their medication by reference get its name from the Medication they refer to. */
  async #named(caller: Caller, lines: readonly HistoryLine[], within: CallScope): Promise<HistoryLine[]> {
    const references = [
      ...new Set(lines.map((line) => line.medicationReference).filter((each) => each !== undefined)),
    ];
    if (references.length === 0 || !hasScope(caller, 'Medication', 'r')) return [...lines];
    const { texts } = await this.#messenger.call(
      caller,
      medicationsResources.readMany,
      { references },
      { within },
    );
    const names = new Map(
      texts.map((text) => {
        const medication = JSON.parse(text) as Resource;
        return [`Medication/${String(medication['id'])}`, conceptText(medication['code'])];
      }),
    );
    return lines.map((line) => ({
      ...line,
      medication: line.medication ?? names.get(line.medicationReference ?? ''),
    }));
  }
}

function readParameters(parameters: InvokeOperation['parameters']): {
  count: number;
  cursor: string | undefined;
} {
  const unknown = Object.keys(parameters).find(
    (name) => !['_count', '_cursor', '_format', '_pretty'].includes(name),
  );
  if (unknown !== undefined) {
    throw new Fault(
      'unknown-parameter',
      `$medication-history does not know the parameter ${printableName(unknown)}: use _count.`,
    );
  }
  const written = parameters['_count']?.at(-1) ?? String(defaultCount);
  if (!/^[1-9]\d{0,8}$/.test(written)) {
    throw new Fault('bad-parameter', 'The value of _count cannot be read: write a whole number from 1.');
  }
  return { count: Math.min(Number(written), mostCount), cursor: parameters['_cursor']?.at(-1) };
}

/** What the caller's scopes keep from the history: a history that lacks lines without saying so would harm. */
function leftOut(caller: Caller): readonly string[] {
  const types = historySources.map(({ type }) => type).filter((type) => !hasScope(caller, type, 's'));
  return hasScope(caller, 'Medication', 'r') ? types : [...types, 'Medication'];
}

/** Put together from texts, so that every decimal stays as it was written. */
function bundleText(
  links: Readonly<Record<string, string>>,
  list: string,
  matches: readonly (readonly [fullUrl: string, text: string])[],
  lines: number,
  missing: readonly string[],
): string {
  const isWhole = missing.every((type) => type === 'Medication');
  const entries = [
    `{"resource":${list},"search":{"mode":"include"}}`,
    ...matches.map(
      ([fullUrl, text]) => `{"fullUrl":"${fullUrl}","resource":${text},"search":{"mode":"match"}}`,
    ),
  ];
  if (missing.length > 0) entries.push(`{"resource":${outcomeOf(missing)},"search":{"mode":"outcome"}}`);
  const link = Object.entries(links).map(([relation, url]) => ({ relation, url }));
  const head = { resourceType: 'Bundle', type: 'searchset', ...(isWhole ? { total: lines } : {}), link };
  return `${JSON.stringify(head).slice(0, -1)},"entry":[${entries.join(',')}]}`;
}

/** https://hl7.org/fhir/R4/codesystem-issue-type.html#issue-type-suppressed */
function outcomeOf(missing: readonly string[]): string {
  const diagnostics = `This history is partial: the scopes of this token keep ${missing.join(', ')} from it. Ask for a token that may search them.`;
  return operationOutcome([{ severity: 'warning', code: 'suppressed', diagnostics }]);
}
