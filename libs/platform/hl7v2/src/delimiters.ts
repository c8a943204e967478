import { Hl7Fault } from './hl7-fault.ts';

/** The characters that structure a message, from MSH-1 and MSH-2. One that the sender left out is `''`. */
export interface Delimiters {
  readonly field: string;
  readonly component: string;
  readonly repetition: string;
  readonly escape: string;
  readonly subcomponent: string;
  /** From version 2.7: stands at the end of a value that was cut off. */
  readonly truncation: string;
}

export const usualDelimiters: Delimiters = {
  field: '|',
  component: '^',
  repetition: '~',
  escape: '\\',
  subcomponent: '&',
  truncation: '',
};

/** MSH-2 with these delimiters. */
export function encodingCharacters(delimiters: Delimiters): string {
  const { component, repetition, escape, subcomponent, truncation } = delimiters;
  return component + repetition + escape + subcomponent + truncation;
}

const headerField = (field: number) => ({ segment: 'MSH', occurrence: 1, field });

/** Reads MSH-1 and MSH-2 of a text that begins with its MSH segment. */
export function readDelimiters(text: string): Delimiters {
  if (!text.startsWith('MSH'))
    throw new Hl7Fault(
      '100',
      'The message does not begin with an MSH segment. Send one message a frame, MSH first, without batch headers.',
      { segment: 'MSH', occurrence: 1 },
    );
  const field = text.charAt(3);
  if (!isDelimiter(field))
    throw new Hl7Fault(
      field === '' || field === '\r' || field === '\n' ? '101' : '102',
      'MSH-1 is no field separator. Use a punctuation character, usually |.',
      headerField(1),
    );
  const characters = text.slice(4, headerFieldEnd(text, field));
  if (characters.length < 2 || characters.length > 5)
    throw new Hl7Fault(
      characters.length < 2 ? '101' : '102',
      'MSH-2 does not have two to five encoding characters. Send ^~\\& there, unless you need others.',
      headerField(2),
    );
  const all = [field, ...characters];
  if (!all.every(isDelimiter) || new Set(all).size !== all.length)
    throw new Hl7Fault(
      '102',
      'The characters in MSH-1 and MSH-2 are not distinct punctuation characters. Send | and ^~\\&, unless you need others.',
      headerField(2),
    );
  const [component = '', repetition = '', escape = '', subcomponent = '', truncation = ''] = characters;
  return { field, component, repetition, escape, subcomponent, truncation };
}

/** Where MSH-2 ends: looked for nearby only, since a header without another separator may be followed by megabytes. */
function headerFieldEnd(text: string, field: string): number {
  for (let at = 4; at < 12 && at < text.length; at++) {
    const character = text.charAt(at);
    if (character === field || character === '\r' || character === '\n') return at;
  }
  return Math.min(text.length, 12);
}

function isDelimiter(character: string): boolean {
  return /^[!-/:-@[-`{-~]$/.test(character);
}
