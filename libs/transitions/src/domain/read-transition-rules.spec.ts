import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type Fields, packageRoot } from '#platform/fhir';
import { readPack } from '#platform/rules';
import { dischargeDocument } from './discharge-document.ts';
import { fact } from './fact.ts';
import { readTransitionRules } from './read-transition-rules.ts';
import { builtInRules } from './transition-rules.ts';

const example = readFileSync(join(packageRoot(import.meta.url), 'examples/rule-packs/north.json'), 'utf8');
const given = (JSON.parse(example) as { entry: { resource: Fields }[] }).entry;
const [manifest, template, notices] = given.map(({ resource }) => resource);

function packOf(...resources: object[]) {
  const entry = [manifest!, ...resources].map((resource) => ({ resource }));
  return readPack(JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }));
}

const section = (code: string, more: object = {}) => ({
  title: 'A section',
  code: { coding: [{ system: 'http://loinc.org', code }] },
  ...more,
});
const withSections = (...sections: object[]) => packOf({ ...template, section: sections });
const told = (pack: ReturnType<typeof packOf>) =>
  readTransitionRules(pack).issues.map(({ expression, diagnostics }) => `${expression}: ${diagnostics}`);

function documentBy(pack: ReturnType<typeof packOf>, ...others: object[]) {
  const { rules } = readTransitionRules(pack);
  const facts = {
    encounter: fact('{"resourceType":"Encounter","id":"e"}'),
    patient: undefined,
    others: others.map((each) => fact(JSON.stringify(each))),
  };
  const ids = { bundle: 'b', composition: 'c', documentReference: 'd', document: 'u' };
  const { bundle } = dischargeDocument(facts, { ids, time: '2026-03-09T10:00:00.000Z', rules, replaced: [] });
  const { entry } = JSON.parse(bundle.text) as { entry: { resource: Fields }[] };
  return {
    composition: entry[0]!.resource,
    parts: entry.slice(1).map(({ resource }) => resource['resourceType']),
  };
}

describe('what a rule pack says of documents', () => {
  it('is which sections there are, in its order and words, and says in the document which pack it was', () => {
    const pack = readPack(example);
    expect(told(pack)).toEqual([]);
    const { composition } = documentBy(pack);
    expect(composition).toMatchObject({
      title: 'Discharge summary, North Hospital',
      meta: { tag: [{ system: 'https://septum.dev/fhir/CodeSystem/rule-pack', code: 'north|2026.1' }] },
    });
    const sections = composition['section'] as {
      title: string;
      text: { div: string };
      emptyReason?: object;
    }[];
    // The procedures and results may be left out where there are none.
    expect(sections.map(({ title }) => title)).toEqual([
      'Why you were here',
      'Your medications',
      'Allergies',
      'Hospital course',
      'Immunizations',
      'What comes next',
      'Instructions',
    ]);
    expect(sections[2]).toMatchObject({
      text: { div: expect.stringContaining('Nobody told us of an allergy.') },
      emptyReason: { coding: [{ code: 'unavailable' }] },
    });
  });

  it('may be a section of kinds of resources that Septum has no section for', () => {
    const { rules } = readTransitionRules(readPack(example));
    expect(rules.document.kinds).toEqual(['Immunization']);
    const shot = {
      resourceType: 'Immunization',
      id: 'i',
      status: 'completed',
      vaccineCode: { text: 'Influenza' },
      occurrenceDateTime: '2026-03-04',
    };
    const { composition, parts } = documentBy(readPack(example), shot, { ...shot, resourceType: 'Goal' });
    expect(JSON.stringify(composition)).toContain('<td>Influenza</td><td>2026-03-04</td><td>completed</td>');
    expect(parts).toEqual(['Encounter', 'Immunization']);
  });

  it('leaves to Septum what it does not speak of', () => {
    const { rules } = readTransitionRules(packOf());
    expect(rules).toEqual({ ...builtInRules, name: 'north', version: '2026.1' });
    const onlyDocumentTo = [{ name: 'documentTo', valueCode: 'origin' }];
    const told = { resourceType: 'Parameters', id: 'notices', parameter: onlyDocumentTo };
    expect(readTransitionRules(packOf(told)).rules).toMatchObject({
      notices: builtInRules.notices,
      document: { recipients: ['origin'] },
    });
  });

  it.each([
    ['a section without a title', { title: undefined }, 'section[0].title'],
    ['a section of a code that is not of LOINC', { code: { coding: [{ code: '1' }] } }, 'section[0].code'],
    ['sections of sections', { section: [section('48765-2')] }, 'section[0].section'],
    ['entries where the code says what stands there', { entry: [{ type: 'Goal' }] }, 'section[0].entry'],
  ])('is refused with %s', (_what, more, place) => {
    expect(told(withSections(section('11535-2', more)))[0]).toContain(`Bundle.entry[1].resource.${place}`);
  });

  it('is refused with a section that nobody can fill, or the same twice, or another document', () => {
    expect(told(withSections(section('1-1')))[0]).toContain('Write an entry with a type');
    expect(told(withSections(section('1-1', { entry: [{ type: 'Claim' }] })))[0]).toContain(
      'Claim is not gathered',
    );
    expect(told(withSections(section('11535-2'), section('11535-2')))[0]).toContain('same code');
    expect(told(packOf({ ...template, section: undefined }))[0]).toContain('at least one section');
    expect(told(packOf(template!, template!))[0]).toContain('one template');
    expect(told(packOf({ ...template, type: { text: 'Letter' } }))[0]).toContain('18842-5');
  });
});

describe('what a rule pack says of notices', () => {
  const withNotice = (parameter: object) =>
    packOf({ resourceType: 'Parameters', id: 'notices', parameter: [parameter] });

  it('is who is told of what, and who gets the document', () => {
    const { rules } = readTransitionRules(readPack(example));
    expect(rules.notices[1]).toEqual({
      topic: 'discharge',
      title: 'Discharge',
      on: ['discharged'],
      classes: ['IMP', 'ACUTE', 'EMER'],
      message: 'notification-discharge',
      oncePerEncounter: false,
      recipients: ['general-practitioner', 'care-team', 'destination'],
    });
    expect(rules.document.recipients).toEqual(['general-practitioner', 'destination']);
  });

  it('may be that nobody gets the document, which is then said alone', () => {
    const to = (...codes: string[]) =>
      packOf({
        resourceType: 'Parameters',
        id: 'notices',
        parameter: codes.map((valueCode) => ({ name: 'documentTo', valueCode })),
      });
    expect(readTransitionRules(to('nobody'))).toMatchObject({
      issues: [],
      rules: { document: { recipients: [] }, notices: builtInRules.notices },
    });
    expect(told(to('nobody', 'origin'))[0]).toContain('Bundle.entry[1].resource: Name either');
  });

  it('is refused where it names what there is not, or leaves out what there must be', () => {
    expect(told(withNotice({ name: 'documentTo', valueCode: 'neighbours' }))[0]).toContain(
      'parameter[0]: Write a valueCode',
    );
    expect(told(withNotice({ name: 'documents', valueCode: 'origin' }))[0]).toContain('parameter[0].name');
    expect(told(withNotice({ name: 'notice', part: [{ name: 'topic', valueCode: 'a' }] }))[0]).toContain(
      'at least one on',
    );
    const unknownClass = { name: 'notice', part: [{ name: 'class', valueCode: 'IMPP' }] };
    expect(told(withNotice(unknownClass))[0]).toMatch(/part\[0\]: Write a valueCode that is one of .*IMP, /);
    const misspelt = { name: 'notice', part: [{ name: 'event', valueCode: 'a' }] };
    expect(told(withNotice(misspelt))[0]).toContain('parameter[0].part[0].name');
    expect(told(packOf(notices!, notices!))[0]).toContain('Leave this one out');
  });
});
