/** IN1. https://hl7.org/fhir/uv/v2mappings/STU1/ConceptMap-segment-in1-to-coverage.html */
import type { SegmentContent } from '#platform/hl7v2';
import { address, concept, moment, name, type Authority, type Components } from '../datatypes.ts';
import type { Element } from '../element.ts';
import { organization, organizationDetails, type Source } from '../parties.ts';
import { every, segment } from '../segment.ts';

/** The coverages in force; IN1 has no field for one that is not. */
export function insurances(patient: Element, source: Source, sender: Authority): SegmentContent[] {
  return source.bundle
    .all('Coverage')
    .filter(
      (one) =>
        one.peek('status') === 'active' && source.bundle.follow(one.unnoticed.one('beneficiary')) === patient,
    )
    .map((coverage, at) => insurance(coverage, at + 1, source, sender));
}

function insurance(coverage: Element, number: number, source: Source, sender: Authority): SegmentContent {
  const { bundle, vocabulary } = source;
  coverage.text('status');
  coverage.one('beneficiary')?.takeAll();
  const [payor] = coverage.all('payor');
  const company = bundle.follow(payor);
  const details = company?.type === 'Organization' ? organizationDetails(company, source) : undefined;
  const group = classOf(coverage, 'group');
  const period = coverage.one('period');
  const [planNumber] = coverage.all('identifier');
  const subscriber = bundle.follow(coverage.one('subscriber'));
  const relative = subscriber?.type === 'RelatedPerson' ? subscriber : undefined;
  return segment('IN1', {
    1: String(number),
    2: planNumber ? plan(planNumber, source) : [coverage.peek('id'), '', sender[0] ?? sender[1]],
    3: every(details?.identifiers ?? []),
    4: organization(payor, source),
    5: every(details?.addresses ?? []),
    6: every(details?.contacts ?? []),
    7: every(details?.telecoms ?? []),
    8: group?.text('value'),
    9: [group?.text('name')],
    12: moment(period?.text('start')),
    13: moment(period?.text('end')),
    15: concept(coverage.one('type'), vocabulary),
    16: every((relative?.all('name') ?? []).map((one) => name(one, vocabulary))),
    17: concept(coverage.one('relationship'), vocabulary, 'Relationship'),
    18: moment(relative?.text('birthDate')),
    19: every((relative?.all('address') ?? []).map((one) => address(one, vocabulary))),
    36: coverage.text('subscriberId'),
  });
}

/** IN1-2: a number and its system. */
function plan(number: Element, { vocabulary }: Source): Components {
  return [number.text('value'), '', vocabulary.codeSystem(number.text('system'))];
}

function classOf(coverage: Element, code: string): Element | undefined {
  const found = coverage
    .all('class')
    .find((one) => one.unnoticed.one('type')?.all('coding')[0]?.peek('code') === code);
  found?.one('type')?.takeAll();
  return found;
}
