/** AL1 and DG1. */
import type { SegmentContent } from '#platform/hl7v2';
import { concept, entity, moment } from '../datatypes.ts';
import type { Element } from '../element.ts';
import { person, type Source } from '../parties.ts';
import { every, present, segment } from '../segment.ts';

/**
 * AL1 has no status: it says that the patient is allergic. So an allergy that is over, refuted or recorded in error is
 * not written. https://hl7.org/fhir/uv/v2mappings/STU1/ConceptMap-segment-al1-to-allergyintolerance.html
 */
export function allergies(patient: Element, source: Source): SegmentContent[] {
  const { vocabulary } = source;
  return about('AllergyIntolerance', 'patient', patient, source).map((allergy, at) => {
    const severity = vocabulary.plainCodeOf(
      'AllergySeverity[AllergyIntolerance.criticality]',
      allergy.peek('criticality'),
    );
    if (severity !== undefined) allergy.text('criticality');
    const [category] = allergy.texts('category');
    if (allergy.peek('type') === 'allergy') allergy.text('type');
    return segment('AL1', {
      1: String(at + 1),
      2: vocabulary.plainCodeOf('AllergenType[AllergyIntoleranceCategory]', category),
      3: concept(allergy.one('code'), vocabulary),
      4: severity,
      5: every(present(allergy.all('reaction').flatMap(manifestations))),
      6: moment(allergy.text('onsetDateTime'))?.slice(0, 8),
    });
  });
}

function manifestations(reaction: Element): (string | undefined)[] {
  return reaction.all('manifestation').map((one) => {
    const said = one.text('text') ?? one.all('coding')[0]?.text('display');
    if (said !== undefined) one.takeAll();
    return said;
  });
}

/** https://hl7.org/fhir/uv/v2mappings/STU1/ConceptMap-segment-dg1-to-condition.html */
export function diagnoses(
  patient: Element,
  encounter: Element | undefined,
  source: Source,
): SegmentContent[] {
  const { bundle, vocabulary } = source;
  const named = (encounter?.all('diagnosis') ?? []).map((diagnosis) => ({
    diagnosis,
    condition: bundle.follow(diagnosis.one('condition')),
  }));
  return about('Condition', 'subject', patient, source).map((condition, at) => {
    const diagnosis = named.find((one) => one.condition === condition)?.diagnosis;
    condition.one('encounter')?.takeAll();
    const code = condition.one('code');
    return segment('DG1', {
      1: String(at + 1),
      3: concept(code, vocabulary),
      4: code?.peek('text'),
      5: moment(condition.text('onsetDateTime')),
      6: kind(diagnosis?.one('use')),
      15: diagnosis?.text('rank'),
      16: every(present([person(condition.one('asserter'), source)])),
      19: moment(condition.text('recordedDate')),
      20: entity(condition.all('identifier')[0], vocabulary),
    });
  });
}

/** DG1-6, table 0052. Required; what is no diagnosis of admission or discharge is a working one. */
const kinds: Readonly<Record<string, string>> = { AD: 'A', DD: 'F' };

function kind(use: Element | undefined): string {
  for (const coding of use?.all('coding') ?? []) {
    const found = kinds[coding.peek('code') ?? ''];
    if (found === undefined) continue;
    use?.takeAll();
    return found;
  }
  return 'W';
}

const over = new Set(['inactive', 'resolved', 'remission']);
const untrue = new Set(['refuted', 'entered-in-error']);

/** The resources of a type that say something of this patient that holds. */
function about(type: string, subject: string, patient: Element, { bundle }: Source): readonly Element[] {
  return bundle.all(type).filter((resource) => {
    const holds =
      !has(resource, 'verificationStatus', untrue) &&
      !(type === 'AllergyIntolerance' && has(resource, 'clinicalStatus', over));
    if (!holds || bundle.follow(resource.unnoticed.one(subject)) !== patient) return false;
    bundle.follow(resource.one(subject));
    if (type === 'AllergyIntolerance') resource.one('clinicalStatus')?.takeAll();
    return true;
  });
}

function has(resource: Element, name: string, codes: ReadonlySet<string>): boolean {
  const codings = resource.unnoticed.one(name)?.all('coding') ?? [];
  return codings.some((coding) => codes.has(coding.peek('code') ?? ''));
}
