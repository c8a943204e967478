import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { encodeV2 } from '#platform/fhir-to-v2';
import { parseMessage } from '#platform/hl7v2';
import { describeWithData } from '#platform/testing';
import { Mapper } from '#platform/v2-to-fhir';
import { compareResources, type Miss, type Resource } from './comparison.ts';
import { reportStreamPairs } from './pairs.ts';

const carried = new Set([
  'Patient',
  'Encounter',
  'RelatedPerson',
  'AllergyIntolerance',
  'Condition',
  'Coverage',
]);
const mapper = new Mapper();

/** What a message about the patients and visits in these resources brings back, and what it said that it leaves out. */
function thereAndBack(resources: readonly Resource[]) {
  const entry = resources.map((resource) => ({
    fullUrl: `https://cdc.example/${resource.resourceType}/${String(resource['id'])}`,
    resource,
  }));
  const { text, leftOut } = encodeV2({
    bundle: JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }),
    event: 'A08',
    sender: { application: 'SEPTUM', facility: 'GENERAL' },
    receiver: { application: 'EHR', facility: 'CLINIC' },
    controlId: '1',
    at: 0,
  });
  const found = mapper.map(parseMessage(text)).resources.map(({ content }) => content as unknown as Resource);
  return { found, leftOut };
}

/** A miss was told of where something at its path was left out: indexes are of the Bundle, and not of the comparison. */
function wasTold({ path }: Miss, leftOut: readonly string[]): boolean {
  return leftOut.some((told) => path.startsWith(told.replace(/\[\d+\]/g, '')));
}

/**
 * What was reached, and may not be lost again. The rest are not lost facts but other words: identifier systems that are no
 * URIs, third lines of addresses, displays, practitioners who are named twice and are one.
 */
const bar = 0.93;

describeWithData(
  'the FHIR side of pairs, written as a message and read again',
  'hl7v2-fhir-pairs',
  (folder) => {
    const pairs = ['HL7_to_FHIR', 'FHIR_to_HL7', 'mappinginventory'].flatMap((name) =>
      reportStreamPairs(join(folder, 'cdc-reportstream', name)),
    );

    it('says the same, or says what it left out', () => {
      const sum = { equal: 0, told: 0, total: 0 };
      for (const { expected } of pairs) {
        if (!expected.some(({ resourceType }) => resourceType === 'Patient')) continue;
        const { found, leftOut } = thereAndBack(expected);
        const written = expected.filter(({ resourceType }) => carried.has(resourceType));
        const compared = compareResources(written, found);
        sum.equal += compared.equal;
        sum.total += compared.total;
        sum.told += compared.misses.filter((miss) => wasTold(miss, leftOut)).length;
      }
      const { equal, told, total } = sum;
      process.stdout.write(
        `there and back: ${pairs.length} Bundles, ${equal} of ${total} facts equal, ${told} told as left out\n`,
      );
      expect((equal + told) / total).toBeGreaterThanOrEqual(bar);
    });
  },
);
