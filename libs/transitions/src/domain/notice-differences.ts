import { type Fields, all, fields, words } from '#platform/fhir';
import {
  noticeOf,
  type EncounterStep,
  type RecipientKind,
  type TransitionRules,
} from './transition-rules.ts';

/** What is told of one event of a stay by one pack and by another: kinds of recipients, and nobody's name. */
export interface NoticeDifference {
  readonly event: EncounterStep;
  readonly change: 'added' | 'removed' | 'changed';
  /** What changed of a notice that both have; `documentTo`: who gets the document. */
  readonly element?: string;
  /** Of a notice that only one has, its topic. */
  readonly before?: string;
  readonly after?: string;
}

/** The events that a stay which is over tells of by itself; its moves and changes of class it does not. */
const compared = ['arrived', 'admitted', 'discharged'] as const;

/** All that two packs have told otherwise of a stay's beginning and end. */
export function noticeDifferences(
  encounter: Fields,
  before: TransitionRules,
  after: TransitionRules,
): readonly NoticeDifference[] {
  const last = codeOf(encounter['class']);
  const [began] = all(encounter['classHistory']);
  const first = began === undefined ? last : codeOf(began['class']);
  return compared.flatMap((event) => {
    const encounterClass = event === 'discharged' ? last : first;
    const [old, now] = [before, after].map((rules) => toldOf(rules, event, encounterClass));
    return differences(event, old!, now!);
  });
}

type Told = Readonly<Record<string, string | undefined>>;

function toldOf(rules: TransitionRules, event: EncounterStep, encounterClass: string | undefined): Told {
  const notice = noticeOf(rules, event, encounterClass);
  const documentTo = event === 'discharged' ? { documentTo: names(notice && rules.document.recipients) } : {};
  if (notice === undefined) return documentTo;
  const { topic, title, message, oncePerEncounter, recipients } = notice;
  const told = { topic, title, message, oncePerEncounter: String(oncePerEncounter) };
  return { ...told, recipient: names(recipients), ...documentTo };
}

function names(recipients: readonly RecipientKind[] = []): string {
  return recipients.join(', ') || 'nobody';
}

function differences(event: EncounterStep, old: Told, now: Told): readonly NoticeDifference[] {
  const ofDocument = changed(event, 'documentTo', old, now);
  if (now['topic'] === undefined)
    return old['topic'] === undefined
      ? []
      : [{ event, change: 'removed', before: old['topic'] }, ...ofDocument];
  if (old['topic'] === undefined) return [{ event, change: 'added', after: now['topic'] }, ...ofDocument];
  const elements = ['topic', 'title', 'message', 'oncePerEncounter', 'recipient'];
  return [...elements.flatMap((element) => changed(event, element, old, now)), ...ofDocument];
}

function changed(event: EncounterStep, element: string, old: Told, now: Told): readonly NoticeDifference[] {
  const [before, after] = [old[element], now[element]];
  if (before === undefined || after === undefined || before === after) return [];
  return [{ event, change: 'changed', element, before, after }];
}

const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

/** https://terminology.hl7.org/CodeSystem-v3-ActCode.html; a class of another system is none that is told. */
function codeOf(encounterClass: unknown): string | undefined {
  const { system, code } = fields(encounterClass);
  return system === undefined || system === actCode ? words(code) : undefined;
}
