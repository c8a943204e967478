// An operation of Septum's own, defined as https://hl7.org/fhir/R4/operations.html asks.
import { Controller, Inject } from '@nestjs/common';
import { assertScope, hasScope, type Caller } from '#platform/access';
import { Handles, reply, type CallScope, type Reply } from '#platform/messaging';
import { InvokeOperation, operation, readParameters, wholeNumberIn } from '#platform/runtime';
import { ResourceStoreToken, type LocalReference, type ResourceStore } from '#platform/store';
import { conceptText } from '../domain/element.ts';
import { historyLine, historySources, type HistoryLine } from '../domain/history-line.ts';
import { historyList } from '../domain/history-list.ts';
import { historyPage, lineReference } from '../domain/history-order.ts';
import { LineProvenance } from '../line-provenance.ts';
import { outcomeOf, suppressed, type MissingSource } from '../missing-source.ts';
import type { ForeignResource } from '../one-server.ts';
import { OtherServers } from '../other-servers.ts';
import { OwnLines, type OwnResource } from '../own-lines.ts';
import { PatientRecords } from '../patient-records.ts';

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
/** The lines found, by their references, each with the text that the answer repeats. */
type Found = ReadonlyMap<string, { readonly line: HistoryLine; readonly text: string }>;

/**
 * `GET Patient/[id]/$medication-history?_count=&_cursor=` answers a searchset Bundle. Its first entry is a List (LOINC
 * 10160-0, ordered by event date, newest first), made for this page: entry by entry `flag` names the source (`request`,
 * `dispense`, `administration`, `statement`), an extension says where the line comes from, `date` says when, `item`
 * refers to the resource and says it in words. The resources follow as the matches, in the same order, those of other
 * servers as these answered them. `total` counts all lines of the history, `link[next]` leads to the next page. What
 * could not be looked at, because of the caller's scopes or because a server did not answer, is left out: an
 * OperationOutcome names it, and there is no total. Faults: `forbidden` when no source is left, `unknown-parameter`,
 * `bad-parameter`, `too-costly`.
 */
@Controller()
export class MedicationHistoryOperation {
  readonly #own: OwnLines;
  readonly #others: OtherServers;
  readonly #records: PatientRecords;
  readonly #provenance: LineProvenance;
  readonly #localReference: LocalReference;

  constructor(
    @Inject(OwnLines) own: OwnLines,
    @Inject(OtherServers) others: OtherServers,
    @Inject(PatientRecords) records: PatientRecords,
    @Inject(LineProvenance) provenance: LineProvenance,
    @Inject(ResourceStoreToken) { localReference }: ResourceStore,
  ) {
    this.#own = own;
    this.#others = others;
    this.#records = records;
    this.#provenance = provenance;
    this.#localReference = localReference;
  }

  @Handles(medicationHistory.contract)
  async history(caller: Caller, request: InvokeOperation, scope: CallScope): Promise<Reply<object>> {
    const { id, base } = request;
    const patient = String(id);
    const asked = readParameters(request, undefined, ['_count', '_cursor']);
    const count = Math.min(wholeNumberIn(asked, '_count') ?? defaultCount, mostCount);
    const cursor = asked.get('_cursor')?.at(-1);
    const kept = this.#own.suppressedFor(caller);
    const types = historySources.map(({ type }) => type).filter((type) => !kept.includes(type));
    if (types.length === 0) assertScope(caller, historySources[0].type, 's');
    const [{ own, otherRecords }, foreign] = await Promise.all([
      this.#ownLines(caller, patient, scope),
      this.#others.of(caller, patient, types, scope),
    ]);
    const found = this.#found(own, foreign.resources);
    const lines = [...found.values()].map(({ line }) => line);
    const page = historyPage(lines, count, cursor);
    const [named, provenance] = await Promise.all([
      this.#named(caller, page.lines, scope),
      this.#provenance.of(caller, ownReferences(page.lines), scope),
    ]);
    const told = named.map((line) => withAgent(line, provenance.agents.get(lineReference(line))));
    const matches = page.lines.map((line) => {
      const url = line.kept?.url ?? `${base}/${lineReference(line)}`;
      return [url, found.get(lineReference(line))!.text] as const;
    });
    const without = [...otherRecords, ...foreign.missing];
    const missing = [...suppressed(withheldFrom(caller, kept), 'history'), ...without];
    const isWhole = kept.length === 0 && hasScope(caller, 'Patient', 'r') && without.length === 0;
    const links = linksTo(`${base}/Patient/${patient}/$medication-history`, count, cursor, page.next);
    const list = JSON.stringify(historyList(patient, told, Date.now()));
    const total = isWhole ? { total: lines.length } : {};
    return reply({}, [
      bundleText({ ...total, link: links }, list, matches, [...missing, ...provenance.missing]),
    ]);
  }

  /** Those of all records of the patient: a merge leaves them where they stand. */
  async #ownLines(caller: Caller, patient: string, within: CallScope) {
    const { records, missing } = await this.#records.of(caller, patient, within);
    return { own: await this.#own.of(caller, records, within), otherRecords: missing };
  }

  #found(own: readonly OwnResource[], foreign: readonly ForeignResource[]): Found {
    const found = new Map<string, { line: HistoryLine; text: string }>();
    for (const { resource, text } of own) {
      const line = historyLine(resource, this.#localReference);
      if (line !== undefined) found.set(lineReference(line), { line, text });
    }
    for (const { resource, text, url, server, medication } of foreign) {
      const line = historyLine(resource, this.#localReference, { server, url });
      if (line === undefined) continue;
      const named = { ...line, medication: line.medication ?? conceptText(medication?.['code']) };
      found.set(url, { line: named, text });
    }
    return found;
  }

  /** Lines that tell their medication by reference get its name from the Medication they refer to. */
  async #named(caller: Caller, lines: readonly HistoryLine[], within: CallScope): Promise<HistoryLine[]> {
    const references = lines.map((line) => line.medicationReference).filter((each) => each !== undefined);
    const medications = await this.#own.medications(caller, references, within);
    return lines.map((line) => ({
      ...line,
      medication: line.medication ?? conceptText(medications.get(line.medicationReference ?? '')?.['code']),
    }));
  }
}

function ownReferences(lines: readonly HistoryLine[]): string[] {
  return lines.filter(({ kept }) => kept === undefined).map(lineReference);
}

function withAgent(line: HistoryLine, agent: string | undefined): HistoryLine {
  if (agent === undefined) return line;
  return { ...line, origin: [line.origin, `recorded by ${agent}`].filter(Boolean).join(', ') };
}

function linksTo(
  address: string,
  count: number,
  cursor: string | undefined,
  next: string | undefined,
): readonly object[] {
  const addressOf = (at: string | undefined) =>
    `${address}?_count=${count}${at === undefined ? '' : `&_cursor=${encodeURIComponent(at)}`}`;
  const self = { relation: 'self', url: addressOf(cursor) };
  return next === undefined ? [self] : [self, { relation: 'next', url: addressOf(next) }];
}

/**
 * Without Provenance and Medication the lines are all there; some lack who recorded them, some their name. Without Patient
 * nobody knows whether there are more, under other records of the patient.
 */
function withheldFrom(caller: Caller, kept: readonly string[]): readonly string[] {
  return [
    ...(hasScope(caller, 'Provenance', 's') ? [] : ['Provenance']),
    ...kept,
    ...['Medication', 'Patient'].filter((type) => !hasScope(caller, type, 'r')),
  ];
}

/** Put together from texts, so that every decimal stays as it was written. */
function bundleText(
  head: object,
  list: string,
  matches: readonly (readonly [fullUrl: string, text: string])[],
  missing: readonly MissingSource[],
): string {
  const entries = [
    `{"resource":${list},"search":{"mode":"include"}}`,
    ...matches.map(
      ([fullUrl, text]) => `{"fullUrl":"${fullUrl}","resource":${text},"search":{"mode":"match"}}`,
    ),
  ];
  if (missing.length > 0) entries.push(`{"resource":${outcomeOf(missing)},"search":{"mode":"outcome"}}`);
  const all = JSON.stringify({ resourceType: 'Bundle', type: 'searchset', ...head });
  return `${all.slice(0, -1)},"entry":[${entries.join(',')}]}`;
}
