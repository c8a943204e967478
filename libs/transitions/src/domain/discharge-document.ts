import { bundleText } from './bundle-text.ts';
import {
  compositionOf,
  relatesTo,
  summaryIdentifier,
  summaryType,
  type DocumentMaking,
  type WrittenResource,
} from './discharge-composition.ts';
import { authors, byTime, institution, isValid, type DischargeFacts } from './discharge-facts.ts';
import type { Fact } from './fact.ts';
import { madeBy, type TransitionRules } from './transition-rules.ts';

/** The resources that make a discharge summary, as JSON text. */
export interface DischargeDocument {
  readonly bundle: WrittenResource;
  readonly composition: WrittenResource;
  readonly documentReference: WrittenResource;
}

/** Assembles the discharge summary of a stay. The same again gives the same. https://hl7.org/fhir/R4/documents.html */
export function dischargeDocument(facts: DischargeFacts, making: DocumentMaking): DischargeDocument {
  const valid = facts.others.filter(isValid).toSorted(byTime);
  const stay = { ...facts, others: valid };
  const composition = compositionOf(stay, making);
  const parts = [
    facts.encounter,
    ...(facts.patient ? [facts.patient] : []),
    ...referencedFrom(stay, making.rules),
  ];
  const bundle = bundleOf(making, composition, parts);
  return { bundle, composition, documentReference: documentReferenceOf(stay, making) };
}

/** Everything in the sections, and what the sections and the header name; nothing that no reader would come to. */
function referencedFrom(stay: DischargeFacts, { document }: TransitionRules): readonly Fact[] {
  const naming = ['Practitioner', 'PractitionerRole', 'Organization', 'Location', 'Medication'];
  return stay.others.filter(
    (fact) => naming.includes(fact.type) || document.sections.some((section) => section.holds(fact, stay)),
  );
}

function bundleOf(
  { ids, time, base }: DocumentMaking,
  composition: WrittenResource,
  parts: readonly Fact[],
): WrittenResource {
  const head = {
    resourceType: 'Bundle',
    id: ids.bundle,
    identifier: summaryIdentifier(ids),
    type: 'document',
    timestamp: time,
  };
  return { type: 'Bundle', id: ids.bundle, text: bundleText(head, [composition, ...parts], base) };
}

function documentReferenceOf(stay: DischargeFacts, making: DocumentMaking): WrittenResource {
  const { ids, time, rules, replaced } = making;
  const id = ids.documentReference;
  const { subject, period: stayPeriod } = stay.encounter.fields;
  const custodian = institution(stay);
  const reference = {
    resourceType: 'DocumentReference',
    id,
    meta: madeBy(rules),
    masterIdentifier: summaryIdentifier(ids),
    status: 'current',
    docStatus: 'final',
    type: summaryType,
    ...(subject === undefined ? {} : { subject }),
    date: time,
    author: authors(stay),
    ...(custodian === undefined ? {} : { custodian }),
    ...relatesTo(replaced, 'DocumentReference', 'target'),
    description: rules.document.title,
    content: [
      {
        attachment: {
          contentType: 'application/fhir+json',
          url: `Bundle/${ids.bundle}`,
          title: rules.document.title,
          creation: time,
        },
      },
    ],
    context: {
      encounter: [{ reference: `Encounter/${stay.encounter.id}` }],
      ...(stayPeriod === undefined ? {} : { period: stayPeriod }),
    },
  };
  return { type: 'DocumentReference', id, text: JSON.stringify(reference) };
}
