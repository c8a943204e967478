import { describe, expect, it } from '@jest/globals';
import { noticeDifferences } from './notice-differences.ts';
import { builtInRules, type NoticeRule, type TransitionRules } from './transition-rules.ts';

const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const stay = (code: string, more: object = {}) => ({ class: { system: actCode, code }, ...more });
const discharge = builtInRules.notices.find(({ topic }) => topic === 'discharge')!;

function pack(notices: readonly NoticeRule[], documentTo = builtInRules.document.recipients) {
  const document = { ...builtInRules.document, recipients: documentTo };
  return { ...builtInRules, name: 'other', notices, document } satisfies TransitionRules;
}

describe('the differences in who is told of a stay', () => {
  it('are none where two packs say the same of it', () => {
    expect(noticeDifferences(stay('IMP'), builtInRules, pack(builtInRules.notices))).toEqual([]);
    const others = builtInRules.notices.filter(({ classes }) => !classes.includes('EMER'));
    expect(noticeDifferences(stay('IMP'), builtInRules, pack([...others, discharge]))).toEqual([]);
  });

  it('are notices that only one of them has, and whom the document goes to with them', () => {
    const without = pack(builtInRules.notices.filter((notice) => notice !== discharge));
    expect(noticeDifferences(stay('IMP'), builtInRules, without)).toEqual([
      { event: 'discharged', change: 'removed', before: 'discharge' },
      {
        event: 'discharged',
        change: 'changed',
        element: 'documentTo',
        before: 'general-practitioner, care-team, origin, destination',
        after: 'nobody',
      },
    ]);
    expect(noticeDifferences(stay('IMP'), pack([discharge]), builtInRules)).toEqual([
      { event: 'admitted', change: 'added', after: 'inpatient-admission' },
    ]);
  });

  it('are what the same notice says, and to whom', () => {
    const changed = { ...discharge, title: 'Gone home', recipients: ['destination' as const] };
    const notices = builtInRules.notices.map((notice) => (notice === discharge ? changed : notice));
    expect(noticeDifferences(stay('IMP'), builtInRules, pack(notices, ['destination']))).toEqual([
      {
        event: 'discharged',
        change: 'changed',
        element: 'title',
        before: 'Discharge or transfer to another facility',
        after: 'Gone home',
      },
      ...['recipient', 'documentTo'].map((element) => ({
        event: 'discharged',
        change: 'changed',
        element,
        before: 'general-practitioner, care-team, origin, destination',
        after: 'destination',
      })),
    ]);
  });

  it('are of the class in which the stay began, and of that in which it ended', () => {
    const only = pack(builtInRules.notices.filter(({ topic }) => topic !== 'emergency-registration'));
    const began = { classHistory: [{ class: { system: actCode, code: 'EMER' } }] };
    const events = (encounter: object) =>
      noticeDifferences({ ...encounter }, builtInRules, only).map(({ event }) => event);
    expect(events(stay('IMP', began))).toEqual(['arrived', 'admitted']);
    expect(events(stay('IMP'))).toEqual([]);
    expect(events({ class: { system: 'urn:other', code: 'EMER' } })).toEqual([]);
  });
});
