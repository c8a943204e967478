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
  readonly issues: readonly ToldIssue[];
}

/** A `message` of the answer as a plain object. */
export function flat({ name, part = [] }: Parameter): ToldMessage {
  const issues = part.filter((each) => each.name === 'issue').map(valuesIn);
  const told = valuesIn({ name, part: part.filter((each) => each.name !== 'issue') });
  return {
    ...told,
    ...(told['id'] === undefined ? {} : { id: String(told['id']).replace('urn:uuid:', '') }),
    issues,
  };
}

export function listMessages(messages: readonly ToldMessage[], next: unknown): string {
  if (messages.length === 0) return 'No such messages.';
  const more = next === undefined ? [] : [`Older ones: --before ${String(next)}`];
  return [...messages.map(describeMessage), ...more].join('\n');
}

/** A line, and one below it for each thing that is wrong. */
export function describeMessage(message: ToldMessage): string {
  const { id, received, listener, sender, controlId, event, state, repeated = 0, attempt = 1 } = message;
  const notes = [
    ...(repeated > 0 ? [`sent again ${repeated} times`] : []),
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
  ].join(', ');
  const line = [id, received, listener, sender, controlId, event, state, notes]
    .filter((word) => word !== undefined && word !== '')
    .join('  ');
  const issues = message.issues.map(
    ({ location, code, text }) => `    ${location ?? 'the message'}: ${text ?? ''} (${code ?? ''})`,
  );
  return [line, ...issues].join('\n');
}
