import { valuesIn, type Parameter } from '../api/parameters.ts';

export interface ToldIssue {
  readonly location?: string;
  readonly code?: string;
  readonly text?: string;
}

/** A message as `$v2-messages` tells it, its parts by name. */
export interface ToldMessage {
  readonly id?: string;
  readonly received?: string;
  readonly listener?: string;
  readonly sender?: string;
  readonly controlId?: string;
  readonly event?: string;
  readonly state?: string;
  readonly repeated?: number;
  readonly attempt?: number;
  readonly corrects?: string;
  readonly correctedBy?: string;
  readonly issues: readonly ToldIssue[];
}

/** A `message` of the answer as a plain object. */
export function flat({ name, part = [] }: Parameter): ToldMessage {
  const issues = part.filter((each) => each.name === 'issue').map(valuesIn);
  const told = valuesIn({ name, part: part.filter((each) => each.name !== 'issue') });
  const ids = ['id', 'corrects', 'correctedBy'].flatMap((key) =>
    told[key] === undefined ? [] : [[key, plainId(told[key])]],
  );
  return { ...told, ...Object.fromEntries(ids), issues };
}

/** As it is written in a command. */
export function plainId(uuid: unknown): string {
  return String(uuid).replace('urn:uuid:', '');
}

export function listMessages(messages: readonly ToldMessage[], next: unknown): string {
  if (messages.length === 0) return 'No such messages.';
  const more = next === undefined ? [] : [`Older ones: --before ${String(next)}`];
  return [...messages.map(describeMessage), ...more].join('\n');
}

/** A line, and one below it for each thing that is wrong. */
export function describeMessage(message: ToldMessage): string {
  const { id, received, listener, sender, controlId, event, state, repeated = 0, attempt = 1 } = message;
  const { corrects, correctedBy } = message;
  const notes = [
    ...(repeated > 0 ? [`sent again ${repeated} times`] : []),
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
    ...(corrects === undefined ? [] : [`corrects ${corrects}`]),
    ...(correctedBy === undefined ? [] : [`corrected by ${correctedBy}`]),
  ].join(', ');
  const line = [id, received, listener, sender, controlId, event, state, notes]
    .filter((word) => word !== undefined && word !== '')
    .join('  ');
  const issues = message.issues.map(
    ({ location, code, text }) => `    ${location ?? 'the message'}: ${text ?? ''} (${code ?? ''})`,
  );
  return [line, ...issues].join('\n');
}

export interface Resent {
  readonly applied: number;
  readonly rejected: number;
  readonly dismissed: boolean;
  /** The message that was taken in place of another. */
  readonly message: string | null;
}

export function describeResent({ applied, rejected, dismissed, message }: Resent): string {
  if (dismissed) return 'Dismissed.';
  if (message !== null)
    return `Taken in its place as ${message}. septum v2 show ${message} tells what becomes of it.`;
  const left = rejected === 0 ? '' : ` ${rejected} of that time stay rejected: resend each by its id.`;
  return `${applied} to be applied again.${left} septum v2 list tells what becomes of it.`;
}
