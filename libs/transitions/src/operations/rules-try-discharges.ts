// An operation of Septum's own, defined as https://hl7.org/fhir/R4/operations.html asks.
import { Controller, Inject } from '@nestjs/common';
import { assertScope, type Caller } from '#platform/access';
import { asFault } from '#platform/fhir';
import { Handles, reply, type Reply } from '#platform/messaging';
import { assertMayHandleRules, packCode } from '#platform/rules';
import {
  instantIn,
  InvokeOperation,
  operation,
  readParameters,
  requiredValue,
  wholeNumberIn,
} from '#platform/runtime';
import type { TransitionRules } from '../domain/transition-rules.ts';
import { fact } from '../domain/fact.ts';
import { noticeDifferences, type NoticeDifference } from '../domain/notice-differences.ts';
import { sectionDifferences, type SectionDifference } from '../domain/section-differences.ts';
import { RemakeDocument } from '../remake-document.ts';
import { RulesInForce } from '../rules-in-force.ts';
import { DischargeSources, type DischargeSource } from '../store/discharge-sources.ts';

export const rulesTryDischarges = operation('transitions', {
  name: 'rules-try-discharges',
  level: 'system',
  readOnly: true,
  documentation:
    'What a rule pack would make otherwise of the discharge summaries there are, and whom it would have told otherwise of their stays; nothing is written.',
});

type Difference = SectionDifference | NoticeDifference;

const known = ['name', 'version', 'since', '_count', 'before'];
const mostDocuments = 100;
/** Of what a document was made some may be expunged by now. */
const lost = new Set(['not-found', 'gone']);

/**
 * `GET $rules-try-discharges?name=&version=&since=&_count=&before=` makes documents, newest first, of what they were made
 * of, by the pack in force now and by this one, and answers Parameters: `tried`, `lost` (what they were made of is not
 * there any more), and a `difference` for each section that comes out otherwise, and for each notice of the stay's arrival,
 * admission and discharge: `document`, `section` with its `title`, or `event`, `change`, `element`, `before`, `after`. `next`: the `before` of
 * the next page. What a section holds that the document was not made of is not known, nor whom the recipients of a notice
 * are today: their kinds are compared. Faults: `forbidden` without the scopes to read Library, Composition and what
 * documents are made of; `not-found`; `bad-parameter`.
 */
@Controller()
export class RulesTryDischargesOperation {
  constructor(
    @Inject(DischargeSources) private readonly sources: DischargeSources,
    @Inject(RemakeDocument) private readonly documents: RemakeDocument,
    @Inject(RulesInForce) private readonly rules: RulesInForce,
  ) {}

  @Handles(rulesTryDischarges.contract)
  async try(caller: Caller, request: InvokeOperation): Promise<Reply<object>> {
    assertMayHandleRules(caller, 'r');
    assertScope(caller, 'Composition', 'r');
    const asked = readParameters(request, undefined, known);
    const [name, version] = [requiredValue(asked, 'name'), requiredValue(asked, 'version')];
    const count = Math.min(wholeNumberIn(asked, '_count') ?? 20, mostDocuments);
    const [since, before] = [instantIn(asked, 'since'), wholeNumberIn(asked, 'before')];
    const candidate = await this.rules.ofPack(packCode({ name, version }));
    const inForce = await this.rules.at(Date.now());
    const found = await this.sources.newest(caller, {
      count,
      ...(since === undefined ? {} : { since }),
      ...(before === undefined ? {} : { before }),
    });
    const page = found.slice(0, count);
    const parameter: object[] = [];
    let missing = 0;
    for (const source of page) {
      const differences = await this.#differences(caller, source, inForce, candidate);
      if (differences === undefined) missing += 1;
      for (const each of differences ?? []) parameter.push(parameterOf(source, each));
    }
    parameter.unshift(
      { name: 'tried', valueUnsignedInt: page.length },
      { name: 'lost', valueUnsignedInt: missing },
    );
    if (found.length > page.length)
      parameter.push({ name: 'next', valueString: String(page.at(-1)!.position) });
    return reply({}, [JSON.stringify({ resourceType: 'Parameters', parameter })]);
  }

  async #differences(
    caller: Caller,
    source: DischargeSource,
    inForce: TransitionRules,
    candidate: TransitionRules,
  ): Promise<readonly Difference[] | undefined> {
    try {
      const facts = await this.documents.factsOf(caller, source);
      const [before, after] = [inForce, candidate].map(
        (rules) => fact(this.documents.make(facts, source, rules).composition.text).fields,
      );
      return [
        ...sectionDifferences(before!, after!),
        ...noticeDifferences(facts.encounter.fields, inForce, candidate),
      ];
    } catch (error) {
      if (lost.has(asFault(error).kind)) return undefined;
      throw error;
    }
  }
}

function parameterOf({ composition }: DischargeSource, difference: Difference): object {
  const told = Object.entries(difference) as [string, string][];
  const part = [
    { name: 'document', valueString: `Composition/${composition}` },
    ...told.map(([name, valueString]) => ({ name, valueString })),
  ];
  return { name: 'difference', part };
}
