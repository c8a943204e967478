// An operation of Septum's own, defined as https://hl7.org/fhir/R4/operations.html asks.
import { Controller, Inject } from '@nestjs/common';
import { encountersResources } from '#encounters/contract';
import { assertScope, type Caller } from '#platform/access';
import { dateInterval, Fault, type SearchFilter } from '#platform/fhir';
import { Handles, reply, type Reply } from '#platform/messaging';
import { InvokeOperation, operation, readParameters, type OperationParameters } from '#platform/runtime';
import { AskNeighbours } from '../ask-neighbours.ts';
import { CommunicationsOfStay } from '../communications-of-stay.ts';
import { isNotice, topicOf } from '../domain/communication.ts';
import type { Fact } from '../domain/fact.ts';
import { reportCsv, reportParameters } from '../domain/notice-report-form.ts';
import {
  occurredIn,
  reportedEvents,
  unrecordedEvents,
  type ReportedEvent,
  type Span,
} from '../domain/notice-report.ts';
import { RulesInForce } from '../rules-in-force.ts';

const csv = 'text/csv';

export const noticeReport = operation('transitions', {
  name: 'notice-report',
  level: 'type',
  type: 'Communication',
  readOnly: true,
  formats: [csv],
  documentation:
    'Events against notices, for a period: each event of which others had to be told, whom, when, or why not; events of which nobody was told first. Also as text/csv.',
});

/**
 * `GET Communication/$notice-report?start=&end=` answers Parameters: totals, and for each event that had to be told and
 * occurred from `start` to `end` (a date is all of that day, UTC) its notices. Beside what is recorded, the stays that
 * began or ended in the period are looked at: one without a notice stands out as `not-recorded`. With `_format=text/csv`
 * a table of the same. Faults: `bad-parameter`; `unknown-parameter`; `too-costly`; `forbidden` without the right to search
 * Communication and Encounter; `unavailable` when `encounters` does not answer.
 */
@Controller()
export class NoticeReportOperation {
  readonly #communications: CommunicationsOfStay;
  readonly #ask: AskNeighbours;
  readonly #rules: RulesInForce;

  constructor(
    @Inject(CommunicationsOfStay) communications: CommunicationsOfStay,
    @Inject(AskNeighbours) ask: AskNeighbours,
    @Inject(RulesInForce) rules: RulesInForce,
  ) {
    this.#communications = communications;
    this.#ask = ask;
    this.#rules = rules;
  }

  @Handles(noticeReport.contract)
  async report(caller: Caller, request: InvokeOperation): Promise<Reply<object>> {
    const parameters = readParameters(request, undefined, ['start', 'end']);
    const span = readSpan(parameters);
    assertScope(caller, 'Communication', 's');
    assertScope(caller, 'Encounter', 's');
    const since = new Date(span.low).toISOString();
    const changed = await this.#communications.changedSince(caller, since);
    const within = changed.filter(({ fields }) => isNotice(fields) && occurredIn(fields, span));
    const { unrecorded, late } = await this.#unrecorded(caller, span, within);
    const events = [...reportedEvents([...within, ...late]), ...unrecorded];
    const isTable = parameters.get('_format')?.[0] === csv;
    return reply({}, [isTable ? reportCsv(events) : JSON.stringify(reportParameters(span, events))]);
  }

  /** The events of which nothing is recorded, and the notices that were recorded since the known ones were read. */
  async #unrecorded(
    caller: Caller,
    span: Span,
    known: readonly Fact[],
  ): Promise<{ readonly unrecorded: readonly ReportedEvent[]; readonly late: readonly Fact[] }> {
    const date = (prefix: 'ge' | 'lt', at: number): SearchFilter => ({
      parameter: 'date',
      type: 'date',
      values: [{ prefix, value: new Date(at).toISOString() }],
    });
    const stays = await this.#ask.search(
      caller,
      encountersResources,
      'Encounter',
      [date('ge', span.low), date('lt', span.high)],
      mostStays,
    );
    const rulesAt = (instant: number) => this.#rules.at(instant);
    const without = (facts: readonly Fact[]) => {
      const told = new Set(facts.map(({ fields }) => `${encounterOf(fields)} ${topicOf(fields)}`));
      return unrecordedEvents(stays, span, rulesAt, (id, { topic }) => told.has(`Encounter/${id} ${topic}`));
    };
    const missing = await without(known);
    const suspected = new Set(missing.flatMap(({ lines }) => lines.map(({ encounter }) => encounter)));
    // What is recorded of them may have been heard at another time than the stay itself tells.
    const ids = [...suspected].map((reference) => reference.slice('Encounter/'.length));
    const others: Fact[] = [];
    for (let at = 0; at < ids.length; at += idsAtOnce)
      others.push(...(await this.#communications.of(caller, ...ids.slice(at, at + idsAtOnce))));
    const notices = others.filter(({ fields }) => isNotice(fields));
    const read = new Set(known.map(({ id }) => id));
    const late = notices.filter((each) => occurredIn(each.fields, span) && !read.has(each.id));
    return { unrecorded: await without([...known, ...notices]), late };
  }
}

/** A large hospital's half year; who needs more asks for less at a time. */
const mostStays = 50_000;
const idsAtOnce = 200;

function encounterOf(communication: Fact['fields']): string {
  return String((communication['encounter'] as { reference?: string } | undefined)?.reference);
}

function readSpan(parameters: OperationParameters): Span {
  const [start, end] = [parameters.get('start') ?? [], parameters.get('end') ?? []];
  const low = start.length === 1 ? dateInterval(start[0]!)?.low : undefined;
  const high = end.length === 1 ? dateInterval(end[0]!)?.high : undefined;
  if (low === undefined || high === undefined || low >= high) {
    throw new Fault(
      'bad-parameter',
      'Name the period once each by start and end, such as start=2026-10-01&end=2026-10-31; it ends after it starts.',
    );
  }
  return { low, high };
}
