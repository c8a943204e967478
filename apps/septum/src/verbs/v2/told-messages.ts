/** A parameter of a Parameters resource; what stands in it, under `value…`. https://hl7.org/fhir/R4/parameters.html */
export interface Parameter {
  readonly name: string;
  readonly part?: readonly Parameter[];
  readonly valueString?: string;
  readonly valueBase64Binary?: string;
  readonly valueUnsignedInt?: number;
}

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
export function flat({ part = [] }: Parameter): ToldMessage {
  const issues = part.filter(({ name }) => name === 'issue').map((each) => valuesOf(each.part ?? []));
  return { ...valuesOf(part.filter(({ name }) => name !== 'issue')), issues };
}

function valuesOf(parts: readonly Parameter[]): Record<string, unknown> {
  return Object.fromEntries(
    parts.map((part) => {
      const [, value] = Object.entries(part).find(([name]) => name.startsWith('value')) ?? [];
      return [part.name, part.name === 'id' ? String(value).replace('urn:uuid:', '') : value];
    }),
  );
}

export function listMessages(messages: readonly ToldMessage[], next: string | undefined): string {
  if (messages.length === 0) return 'No such messages.';
  const more = next === undefined ? [] : [`Older ones: --before ${next}`];
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
