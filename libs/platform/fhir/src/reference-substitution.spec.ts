import { describe, expect, it } from '@jest/globals';
import { substituteReferences } from './reference-substitution.ts';

const links = { 'urn:uuid:a': 'Patient/1', 'http://x/fhir/Patient/9': 'Patient/2' };

/** Each with its result; what is not a link by the definitions stays. */
const cases: [what: string, before: string, after: string][] = [
  [
    'a reference',
    '"managingOrganization":{"reference":"urn:uuid:a"}',
    '"managingOrganization":{"reference":"Patient/1"}',
  ],
  [
    'an absolute one',
    '"managingOrganization": { "reference" : "http://x/fhir/Patient/9" }',
    '"managingOrganization": { "reference" : "Patient/2" }',
  ],
  [
    'an escaped one',
    '"managingOrganization":{"reference":"http:\\/\\/x\\/fhir\\/Patient\\/9"}',
    '"managingOrganization":{"reference":"Patient/2"}',
  ],
  [
    'those in arrays',
    '"generalPractitioner":[{"reference":"urn:uuid:a"},{"reference":"urn:uuid:b"}]',
    '"generalPractitioner":[{"reference":"Patient/1"},{"reference":"urn:uuid:b"}]',
  ],
  [
    'those in backbone elements',
    '"link":[{"other":{"reference":"urn:uuid:a"}}]',
    '"link":[{"other":{"reference":"Patient/1"}}]',
  ],
  ['a uri', '"implicitRules":"urn:uuid:a"', '"implicitRules":"Patient/1"'],
  [
    'a url',
    '"photo":[{"url":"urn:uuid:a","title":"urn:uuid:a"}]',
    '"photo":[{"url":"Patient/1","title":"urn:uuid:a"}]',
  ],
  ['no string', '"identifier":[{"value":"urn:uuid:a"}]', '"identifier":[{"value":"urn:uuid:a"}]'],
  [
    'no display',
    '"managingOrganization":{"display":"urn:uuid:a"}',
    '"managingOrganization":{"display":"urn:uuid:a"}',
  ],
  ['no canonical', '"meta":{"profile":["urn:uuid:a"]}', '"meta":{"profile":["urn:uuid:a"]}'],
  [
    'those in extensions',
    '"extension":[{"url":"e","valueReference":{"reference":"urn:uuid:a"}},{"url":"e","valueString":"urn:uuid:a"}]',
    '"extension":[{"url":"e","valueReference":{"reference":"Patient/1"}},{"url":"e","valueString":"urn:uuid:a"}]',
  ],
  [
    'those in extensions of primitives',
    '"_active":{"extension":[{"url":"e","valueUri":"urn:uuid:a"}]}',
    '"_active":{"extension":[{"url":"e","valueUri":"Patient/1"}]}',
  ],
  [
    'those in contained resources, also with the type last',
    '"contained":[{"subject":{"reference":"urn:uuid:a"},"resourceType":"Condition"}]',
    '"contained":[{"subject":{"reference":"Patient/1"},"resourceType":"Condition"}]',
  ],
  [
    'href and src of the narrative',
    '"text":{"div":"<div><a href=\\"urn:uuid:a\\">urn:uuid:a</a><img src=\'urn:uuid:a\'/></div>"}',
    '"text":{"div":"<div><a href=\\"Patient/1\\">urn:uuid:a</a><img src=\'Patient/1\'/></div>"}',
  ],
  ['nothing R4 does not know', '"ward":{"reference":"urn:uuid:a"}', '"ward":{"reference":"urn:uuid:a"}'],
  [
    'and keeps every other character',
    '"multipleBirthInteger" :\t1.10, "implicitRules":\n"urn:uuid:a" ',
    '"multipleBirthInteger" :\t1.10, "implicitRules":\n"Patient/1" ',
  ],
];

describe('substituteReferences', () => {
  it.each(cases)('replaces %s', (_what, before, after) => {
    expect(substituteReferences(`{"resourceType":"Patient",${before}}`, links)).toBe(
      `{"resourceType":"Patient",${after}}`,
    );
    expect(substituteReferences(` {${before} , "resourceType" : "Patient"}\n`, links)).toBe(
      ` {${after} , "resourceType" : "Patient"}\n`,
    );
  });

  it('gives the same text back when there is nothing to replace', () => {
    const text = '{"resourceType":"Patient","link":[{"other":{"reference":"urn:uuid:a"}}]}';
    expect(substituteReferences(text, {})).toBe(text);
    expect(substituteReferences(text, { 'urn:uuid:b': 'Patient/3' })).toBe(text);
  });

  it('knows a UUID in any letter case', () => {
    const text = '{"resourceType":"Observation","subject":{"reference":"URN:UUID:ABCD"}}';
    expect(substituteReferences(text, { 'urn:uuid:aBcd': 'Patient/1' })).toContain('"Patient/1"');
  });

  it('looks a relative reference up below the base of its entry, and nowhere else', () => {
    const text = '{"resourceType":"Observation","subject":{"reference":"Patient/9"}}';
    const found = '{"resourceType":"Observation","subject":{"reference":"Patient/2"}}';
    expect(substituteReferences(text, links, { base: 'http://x/fhir' })).toBe(found);
    expect(substituteReferences(text, links, { base: 'http://y/fhir' })).toBe(text);
    expect(substituteReferences(text, links)).toBe(text);
  });

  it.each(['urn:uuid:b', 'URN:UUID:B', 'urn:oid:1.2', 'urn\\u003auuid:b'])(
    'refuses the reference %s when it has to be resolved, and says where it is',
    (link) => {
      const text = `{"resourceType":"Observation","performer":[{"display":"${link}"},{"reference":"${link}"}]}`;
      const refused = expect.objectContaining({
        kind: 'invalid',
        issues: [expect.objectContaining({ expression: 'Observation.performer[1].reference' })],
      });
      expect(() => substituteReferences(text, {}, { mustResolve: true })).toThrow(refused);
      expect(() => substituteReferences(text, links, { mustResolve: true })).toThrow(refused);
      expect(substituteReferences(text, links)).toBe(text);
    },
  );

  it('leaves an identifier that is a URN, also when references have to be resolved', () => {
    const text = '{"resourceType":"Patient","identifier":[{"system":"urn:oid:1.2","value":"urn:uuid:b"}]}';
    expect(substituteReferences(text, {}, { mustResolve: true })).toBe(text);
  });

  it('takes a replacement literally', () => {
    const text =
      '{"resourceType":"Patient","implicitRules":"urn:uuid:q","text":{"div":"<div><a href=\\"urn:uuid:q\\"/></div>"}}';
    const result = JSON.parse(substituteReferences(text, { 'urn:uuid:q': 'a"$1\\' })) as {
      implicitRules: string;
      text: { div: string };
    };
    expect(result.implicitRules).toBe('a"$1\\');
    expect(result.text.div).toContain('a"$1\\');
  });
});
