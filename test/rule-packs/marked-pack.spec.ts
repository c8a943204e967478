import { describe, expect, it } from '@jest/globals';
import { packsOfDocument, packsOfPatient, toldBy, versionAt } from './marked-pack.ts';

const patient = (gender: string, version: string) => ({
  gender,
  identifier: [{ system: `https://marked.example/${version}` }],
});
const composition = (tag: string, title: string, section: string, nothing: string) => ({
  meta: { tag: [{ code: `marked|${tag}` }] },
  title: `Summary ${title}`,
  section: [{ title: `Allergies ${section}`, text: { div: `Nothing ${nothing}.` }, emptyReason: {} }],
});

describe('the checker of mixtures', () => {
  it('finds none in what one pack made, or none', () => {
    expect(packsOfPatient(patient('other', '1.0'))).toEqual(new Set(['1.0']));
    expect(packsOfPatient(patient('unknown', '2.0'))).toEqual(new Set(['2.0']));
    expect(packsOfPatient({ identifier: [{ system: 'urn:septum:authority:MARKED' }] })).toEqual(
      new Set(['']),
    );
    expect(packsOfDocument(composition('1.0', '1.0', '1.0', '1.0'))).toEqual(new Set(['1.0']));
    expect(packsOfDocument({ meta: { tag: [{ code: 'built-in|1' }] }, title: 'Discharge summary' })).toEqual(
      new Set(['']),
    );
  });

  it('finds each part that another pack made', () => {
    expect(packsOfPatient(patient('unknown', '1.0')).size).toBe(2);
    expect(packsOfPatient({ gender: 'other', identifier: [{ system: 'urn:x' }] }).size).toBe(2);
    expect(packsOfPatient({ identifier: [{ system: 'https://marked.example/1.0' }] }).size).toBe(2);
    for (const at of [0, 1, 2, 3]) {
      const versions = ['1.0', '1.0', '1.0', '1.0'];
      versions[at] = '2.0';
      const [tag, title, section, nothing] = versions as [string, string, string, string];
      expect(packsOfDocument(composition(tag, title, section, nothing)).size).toBe(2);
    }
  });

  it('finds a notice that another pack had told than it says, and whom it was told to', () => {
    const told = (tag: string, title: string, category = 'notification') =>
      toldBy({
        meta: { tag: [{ code: tag }] },
        extension: [
          { url: 'x-occurred', valueInstant: '2026-03-09T10:00:00Z' },
          { url: 'x-step', valueCode: 'discharged' },
        ],
        category: [{ coding: [{ code: category }] }],
        topic: { text: title },
        recipient: [{ reference: 'Organization/marked-destination' }],
      });
    expect(told('marked|1.0', 'Discharge 1.0')).toEqual({
      category: 'notification',
      step: 'discharged',
      recipient: 'destination',
      occurred: Date.UTC(2026, 2, 9, 10),
      packs: new Set(['1.0']),
    });
    expect(told('marked|1.0', 'Discharge 2.0').packs.size).toBe(2);
    expect(told('built-in|1', 'Discharge 1.0').packs.size).toBe(2);
    expect(told('built-in|1', 'Discharge').packs).toEqual(new Set(['']));
    expect(told('marked|1.0', 'Summary 1.0', 'document').packs).toEqual(new Set(['1.0']));
    expect(told('marked|1.0', 'Discharge summary', 'document').packs.size).toBe(2);
  });

  it('knows which version is in force when', () => {
    const changes = [
      { at: 10, version: '1.0' },
      { at: 20, version: '2.0' },
      { at: 30, version: undefined },
    ];
    expect([9, 10, 19, 20, 30].map((instant) => versionAt(changes, instant))).toEqual([
      '',
      '1.0',
      '1.0',
      '2.0',
      '',
    ]);
  });
});
