import { Fault, printableName, sliceParameters } from '#platform/fhir';
import type { Stretch } from '../store/v2-queue.ts';
import { messageId } from './message-id.ts';

/** What somebody wants to become of messages that came. */
export type ResendRequest =
  | { readonly is: 'stretch'; readonly stretch: Stretch }
  | { readonly is: 'as it came'; readonly id: string }
  | { readonly is: 'corrected'; readonly id: string; readonly body: string }
  | { readonly is: 'dismissed'; readonly id: string };

const known = ['id', 'body', 'dismiss', 'from', 'to', 'listener'];
const always = ['_format', '_pretty'];
const forms =
  'Give id alone, id and body, id and dismiss true, or from and to and, if you like, listener; each once.';

/**
 * Reads the Parameters that `$v2-resend` takes. What is not understood might have been meant to lay a message aside, so
 * nothing is passed over.
 *
 * @throws Fault `unknown-parameter`, `bad-parameter`, `malformed`
 */
export function readResendRequest(
  inAddress: readonly string[],
  body = '{"resourceType":"Parameters"}',
): ResendRequest {
  const parameters = sliceParameters(body);
  const given = new Map(parameters.map(({ name, value }) => [name, value]));
  const unknown =
    inAddress.find((name) => !always.includes(name)) ??
    [...given.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new Fault(
      'unknown-parameter',
      `The parameter ${printableName(unknown)} is not known here. The body may have: ${known.join(', ')}.`,
    );
  const isStretch = given.has('from') || given.has('to') || given.has('listener');
  const isOne = given.has('id') || given.has('body') || given.has('dismiss');
  if (isStretch === isOne || given.size < parameters.length) throw new Fault('bad-parameter', forms);
  return isStretch ? { is: 'stretch', stretch: stretchOf(given) } : oneOf(given);
}

type Given = ReadonlyMap<string, unknown>;

function stretchOf(given: Given): Stretch {
  const listener = textIn(given, 'listener');
  return {
    from: instantIn(given, 'from'),
    to: instantIn(given, 'to'),
    ...(listener === undefined ? {} : { listener }),
  };
}

function oneOf(given: Given): ResendRequest {
  const id = messageId(given.get('id'));
  const body = textIn(given, 'body');
  const dismiss = given.get('dismiss') ?? false;
  if (typeof dismiss !== 'boolean')
    throw new Fault('bad-parameter', 'dismiss must be a valueBoolean: write it so, or leave it out.');
  if (body === undefined) return dismiss ? { is: 'dismissed', id } : { is: 'as it came', id };
  if (dismiss) throw new Fault('bad-parameter', forms);
  return { is: 'corrected', id, body };
}

function textIn(given: Given, name: string): string | undefined {
  const value = given.get(name);
  if (value === undefined || typeof value === 'string') return value;
  throw new Fault('bad-parameter', `${name} must be a text: write it as valueString.`);
}

function instantIn(given: Given, name: string): Date {
  const date = new Date(textIn(given, name) ?? NaN);
  if (!Number.isNaN(date.getTime())) return date;
  throw new Fault('bad-parameter', `${name} must be an instant such as 2026-01-31T08:00:00Z.`);
}
