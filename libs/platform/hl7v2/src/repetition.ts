import type { Delimiters } from './delimiters.ts';
import { unescape, type ByteReader } from './escapes.ts';

/** How a message writes "delete what you have": it differs from an empty value, "nothing said about it". */
export const explicitNull = '""';

/** `absent`: nothing said, keep what you have. `null`: delete what you have. */
export type Presence = 'absent' | 'null' | 'valued';

export function presenceOf(text: string): Presence {
  if (text === explicitNull) return 'null';
  return text === '' ? 'absent' : 'valued';
}

/** One repetition of a field. Components and subcomponents count from 1. */
export class Repetition {
  /** As it stands in the message, escapes and delimiters included. */
  readonly text: string;
  readonly #delimiters: Delimiters;
  readonly #readBytes: ByteReader;
  #components: readonly string[] | undefined;

  constructor(text: string, delimiters: Delimiters, readBytes: ByteReader) {
    this.text = text;
    this.#delimiters = delimiters;
    this.#readBytes = readBytes;
  }

  /** The explicit null `""`. */
  get isNull(): boolean {
    return this.text === explicitNull;
  }

  /** The components as they stand in the message. */
  get components(): readonly string[] {
    return (this.#components ??= parts(this.text, this.#delimiters.component));
  }

  /** The values of a component's subcomponents, unescaped; `undefined` for an empty or null one. */
  subcomponents(component = 1): readonly (string | undefined)[] {
    const text = this.components[component - 1];
    if (text === undefined || text === '') return [];
    return parts(text, this.#delimiters.subcomponent).map((part) => this.#valueOf(part));
  }

  /** The unescaped value; `undefined` when it is empty or null. The mark of a truncated value is left out. */
  value(component = 1, subcomponent = 1): string | undefined {
    return this.#valueOf(this.#raw(component, subcomponent));
  }

  /**
   * All of it, or of one component, as one text in which separators are characters like others: for types without parts
   * (ST, TX, FT), where senders forget to escape them. `undefined` when it is empty or null.
   */
  literal(component?: number): string | undefined {
    return this.#valueOf(component === undefined ? this.text : (this.components[component - 1] ?? ''));
  }

  /** Whether the repetition, or one component or subcomponent of it, is valued, null or absent. */
  presence(component?: number, subcomponent?: number): Presence {
    if (component === undefined) return presenceOf(this.text);
    if (subcomponent === undefined) return presenceOf(this.components[component - 1] ?? '');
    return presenceOf(this.#raw(component, subcomponent));
  }

  /** Whether the sender cut the value off (version 2.7 and later). */
  isTruncated(component = 1, subcomponent = 1): boolean {
    return this.#endsInMark(this.#raw(component, subcomponent));
  }

  #raw(component: number, subcomponent: number): string {
    const text = this.components[component - 1] ?? '';
    return parts(text, this.#delimiters.subcomponent)[subcomponent - 1] ?? '';
  }

  #valueOf(text: string): string | undefined {
    if (text === '' || text === explicitNull) return undefined;
    return unescape(this.#endsInMark(text) ? text.slice(0, -1) : text, this.#delimiters, this.#readBytes);
  }

  #endsInMark(text: string): boolean {
    const { truncation } = this.#delimiters;
    return truncation !== '' && text.endsWith(truncation);
  }
}

function parts(text: string, separator: string): readonly string[] {
  return separator === '' || text.indexOf(separator) < 0 ? [text] : text.split(separator);
}
