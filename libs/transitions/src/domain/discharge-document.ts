import {
  compositionOf,
  summaryIdentifier,
  summaryType,
  type DischargeIds,
  type WrittenResource,
} from './discharge-composition.ts';
import { authors, byTime, isValid, type DischargeFacts } from './discharge-facts.ts';
import { dischargeSections } from './discharge-sections.ts';
import type { Fact } from './fact.ts';

/** The resources that make a discharge summary, as JSON text. */
export interface DischargeDocument {
  readonly bundle: WrittenResource;
  readonly composition: WrittenResource;
  readonly documentReference: WrittenResource;
}

/**
 * The base of the full URLs inside a document. A document leaves the house and outlives its addresses: the URLs bind
 * its parts together and are not for calling. https://hl7.org/fhir/R4/documents.html#content
 */
const documentBase = 'https://septum.invalid/fhir/R4';

/**
 * Assembles the discharge summary of a stay. https://hl7.org/fhir/R4/documents.html
 *
 * @param dischargedAt Milliseconds since the epoch; the date of the document, so that assembling it again gives the same.
 */
export function dischargeDocument(
  facts: DischargeFacts,
  ids: DischargeIds,
  dischargedAt: number,
): DischargeDocument {
  const valid = facts.others.filter(isValid).toSorted(byTime);
  const stay = { ...facts, others: valid };
  const time = new Date(dischargedAt).toISOString();
  const composition = compositionOf(stay, ids, time);
  const parts = [facts.encounter, ...(facts.patient ? [facts.patient] : []), ...referencedFrom(stay)];
  const bundle = bundleOf(ids, time, composition, parts);
  return { bundle, composition, documentReference: documentReferenceOf(stay, ids, time) };
}

/** Everything in the sections, and what the sections and the header name; nothing that no reader would come to. */
function referencedFrom(stay: DischargeFacts): readonly Fact[] {
  const naming = ['Practitioner', 'PractitionerRole', 'Organization', 'Location', 'Medication'];
  return stay.others.filter(
    (fact) => naming.includes(fact.type) || dischargeSections.some((section) => section.holds(fact, stay)),
  );
}

function bundleOf(
  ids: DischargeIds,
  time: string,
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
  const entries = [composition, ...parts].map(
    (part) =>
      `{"fullUrl":${JSON.stringify(`${documentBase}/${part.type}/${part.id}`)},"resource":${part.text}}`,
  );
  return {
    type: 'Bundle',
    id: ids.bundle,
    text: `${JSON.stringify(head).slice(0, -1)},"entry":[${entries.join(',')}]}`,
  };
}

function documentReferenceOf(stay: DischargeFacts, ids: DischargeIds, time: string): WrittenResource {
  const id = ids.documentReference;
  const { subject, period: stayPeriod, serviceProvider } = stay.encounter.fields;
  const reference = {
    resourceType: 'DocumentReference',
    id,
    masterIdentifier: summaryIdentifier(ids),
    status: 'current',
    docStatus: 'final',
    type: summaryType,
    ...(subject === undefined ? {} : { subject }),
    date: time,
    author: authors(stay),
    ...(serviceProvider === undefined ? {} : { custodian: serviceProvider }),
    description: 'Discharge summary, assembled when the stay ended',
    content: [
      {
        attachment: {
          contentType: 'application/fhir+json',
          url: `Bundle/${ids.bundle}`,
          title: 'Discharge summary',
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
