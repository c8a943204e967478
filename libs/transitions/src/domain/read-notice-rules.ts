import { type Fields, type Issue, words } from '#platform/fhir';
import { itemsAt, packIssue, type RulePack } from '#platform/rules';
import {
  encounterClasses,
  encounterSteps,
  noticeMessages,
  recipientKinds,
  type NoticeRule,
  type RecipientKind,
} from './transition-rules.ts';

/** Who is told of what, and who gets the document; what is undefined the pack leaves to Septum's own rules. */
interface ReadNotices {
  readonly notices: readonly NoticeRule[] | undefined;
  /** Empty: nobody. */
  readonly documentTo: readonly RecipientKind[] | undefined;
  readonly issues: readonly Issue[];
}

/** In place of a kind of recipient: the document is made and kept, and sent nowhere. */
const nobody = 'nobody';

type Tell = (place: string, text: string) => void;

/** Reads the Parameters `notices`: a `notice` for each kind of happening, and a `documentTo` for each who gets the document. */
export function readNoticeRules(pack: RulePack): ReadNotices {
  const [found, second] = pack.entries.filter(
    ({ type, resource }) => type === 'Parameters' && resource['id'] === 'notices',
  );
  if (found === undefined) return { notices: undefined, documentTo: undefined, issues: [] };
  const issues: Issue[] = [];
  const tell: Tell = (place, text) => void issues.push(packIssue(place, text));
  if (second !== undefined) tell(second.place, 'A pack says once who is told. Leave this one out.');
  const notices: NoticeRule[] = [];
  const documentTo: (RecipientKind | typeof nobody)[] = [];
  for (const [place, parameter] of itemsAt(found.place, 'parameter', found.resource)) {
    if (parameter['name'] === 'notice') notices.push(noticeOf(place, parameter, tell));
    else if (parameter['name'] === 'documentTo')
      documentTo.push(...oneOf([...recipientKinds, nobody], place, parameter, tell));
    else tell(`${place}.name`, 'Write notice or documentTo.');
  }
  const recipients = documentTo.filter((each) => each !== nobody);
  if (recipients.length > 0 && recipients.length < documentTo.length)
    tell(found.place, `Name either those who get the document or ${nobody}: leave out one of them.`);
  const isSaid = documentTo.length > 0;
  return { notices: anyOf(notices), documentTo: isSaid ? recipients : undefined, issues };
}

function anyOf<Rule>(rules: readonly Rule[]): readonly Rule[] | undefined {
  return rules.length === 0 ? undefined : rules;
}

const partNames = ['topic', 'title', 'on', 'class', 'message', 'oncePerEncounter', 'recipient'];

function noticeOf(place: string, parameter: Fields, tell: Tell): NoticeRule {
  const parts = itemsAt(place, 'part', parameter);
  for (const [at, { name }] of parts)
    if (!partNames.includes(String(name))) tell(`${at}.name`, `Write one of ${partNames.join(', ')}.`);
  const of = (wanted: string) => parts.filter(([, { name }]) => name === wanted);
  const code = (wanted: string) => of(wanted).flatMap(([, { valueCode }]) => words(valueCode) ?? []);
  const codes = <Code extends string>(wanted: string, known: readonly Code[]) =>
    of(wanted).flatMap(([at, part]) => oneOf(known, at, part, tell));
  const [topic] = code('topic');
  const title = words(of('title')[0]?.[1]['valueString']);
  const [message] = codes('message', noticeMessages);
  const notice = {
    topic: topic ?? '',
    title: title ?? topic ?? '',
    on: codes('on', encounterSteps),
    classes: codes('class', encounterClasses),
    message: message ?? 'notification-admit',
    oncePerEncounter: of('oncePerEncounter')[0]?.[1]['valueBoolean'] === true,
    recipients: codes('recipient', recipientKinds),
  };
  const lists = [notice.on, notice.classes, notice.recipients];
  if (topic === undefined || message === undefined || lists.some((list) => list.length === 0))
    tell(
      place,
      'A notice has a topic, a message, and at least one on, one class and one recipient. Write them as parts.',
    );
  return notice;
}

function oneOf<Code extends string>(
  known: readonly Code[],
  place: string,
  { valueCode }: Fields,
  tell: Tell,
): readonly Code[] {
  const found = known.find((each) => each === valueCode);
  if (found === undefined) tell(place, `Write a valueCode that is one of ${known.join(', ')}.`);
  return found === undefined ? [] : [found];
}
