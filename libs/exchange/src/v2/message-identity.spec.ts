import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseMessage } from '#platform/hl7v2';
import { Mapper } from '#platform/v2-to-fhir';
import { messageIdentity } from './message-identity.ts';

const mapper = new Mapper();
const lanes = { listener: 'main', secret: 'secret' };

function read(event: string, ...segments: string[]) {
  const message = parseMessage(
    [`MSH|^~\\&|LAB|NORTH|||202611221200||${event}|1|P|2.5.1`, ...segments].join('\r'),
  );
  return { header: message.first('MSH')!, mapped: mapper.map(message) };
}
function identityOf(event: string, ...segments: string[]) {
  const { header, mapped } = read(event, ...segments);
  return messageIdentity(mapped, header, lanes);
}
const ofPerson = (person: string) => identityOf('ADT^A08', person);

describe('the lane of a message', () => {
  it('is that of the medical record number, wherever in PID-3 it stands', () => {
    const one = ofPerson('PID|1||4711^^^NORTH^MR~999^^^SSA^SS');
    expect(ofPerson('PID|1||999^^^SSA^SS~4711^^^NORTH^MR')).toEqual(one);
    expect(ofPerson('PID|1||4711^^^SOUTH^MR')).not.toEqual(one);
    expect(ofPerson('PID|1||4712^^^NORTH^MR')).not.toEqual(one);
  });

  it('goes by the number of an authority rather than by its name', () => {
    expect(ofPerson('PID|1||1^^^NORTH&1.2.3&ISO^MR')).toEqual(ofPerson('PID|1||1^^^N&1.2.3&ISO^MR'));
  });

  it('is the sender of a message about nobody', () => {
    expect(identityOf('ADT^A08')).toEqual(identityOf('ADT^A08', 'PV1|1|I'));
    expect(identityOf('ADT^A08')).not.toEqual(ofPerson('PID|1||1'));
  });

  it('shows no identifier', () => {
    expect(JSON.stringify(ofPerson('PID|1||4711^^^NORTH^MR'))).not.toContain('4711');
  });

  it('is both of a merge', () => {
    expect(identityOf('ADT^A40', 'PID|1||1^^^N^MR', 'MRG|2^^^N^MR')).toEqual({
      identity: ofPerson('PID|1||1^^^N^MR').identity,
      mergedIdentity: ofPerson('PID|1||2^^^N^MR').identity,
    });
  });
});

const identifier = fc
  .tuple(
    fc.constantFrom('1', '2', ''),
    fc.constantFrom('', 'NORTH', 'N&1.2.3&ISO', 'NORTH&1.2.3&ISO', '&1.2.3&ISO'),
    fc.constantFrom('', 'MR', 'PI', 'PT', 'PN', 'SS', 'VN'),
  )
  .map(([value, authority, type]) => `${value}^^^${authority}^${type}`);
const identifiers = fc.array(identifier, { maxLength: 3 }).map((several) => several.join('~'));
const person = fc
  .tuple(identifiers, identifiers, identifiers, fc.constantFrom('', '123456789'))
  .map(
    ([two, three, four, nineteen]) => `PID|1|${two}|${three}|${four}|Okafor^Ada${'|'.repeat(14)}${nineteen}`,
  );
const message = fc.tuple(
  fc.constantFrom('ADT^A01', 'ADT^A08', 'ADT^A31', 'ORU^R01', 'RDE^O11', 'ORM^O01'),
  person,
);

describe('two messages', () => {
  it('are in one lane exactly when the mapping takes them for messages of one patient', () => {
    fc.assert(
      fc.property(message, message, (one, other) => {
        const [first, second] = [one, other].map(([event, pid]) => {
          const { header, mapped } = read(event, pid);
          const patient = mapped.resources.find(({ type }) => type === 'Patient');
          fc.pre(patient?.identity !== undefined);
          return { patient: patient!.id, lane: messageIdentity(mapped, header, lanes).identity };
        });
        expect(first!.lane === second!.lane).toBe(first!.patient === second!.patient);
      }),
      { numRuns: 1_000 },
    );
  });

  it('of which one merges a patient and the other is about him are in lanes of one name', () => {
    fc.assert(
      fc.property(person, identifier, (survivor, old) => {
        const { header, mapped } = read('ADT^A40', survivor, `MRG|${old}`);
        const patients = mapped.resources.filter(({ type }) => type === 'Patient');
        const merged = patients.find(({ content }) => content['active'] === false);
        // A survivor without a number is refused.
        fc.pre(patients.length === 2 && patients.every(({ identity }) => identity !== undefined));
        const late = read('ADT^A08', `PID|1||${old}`);
        fc.pre(late.mapped.resources[0]?.id === merged!.id);
        expect(messageIdentity(mapped, header, lanes).mergedIdentity).toBe(
          messageIdentity(late.mapped, late.header, lanes).identity,
        );
      }),
    );
  });
});
