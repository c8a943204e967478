import type { Repetition } from '#platform/hl7v2';

/** A value of version 2 that has components: a repetition of a field, a component of it, or one of its parts. */
export interface Part {
  /** Whether there is anything in a component. */
  has(number: number): boolean;
  /** The value of a component, or of its first subcomponent. */
  component(number: number): string | undefined;
  /** A component as a value that has components itself. */
  inside(number: number): Part;
  /** All of it as one text. */
  text(): string | undefined;
}

export class FieldPart implements Part {
  readonly repetition: Repetition;

  constructor(repetition: Repetition) {
    this.repetition = repetition;
  }

  has(number: number): boolean {
    const text = this.repetition.components[number - 1];
    return text !== undefined && text !== '';
  }

  component(number: number): string | undefined {
    return this.has(number) ? this.repetition.value(number) : undefined;
  }

  inside(number: number): Part {
    return new ComponentPart(this.repetition, number);
  }

  text(): string | undefined {
    return this.repetition.literal();
  }
}

class ComponentPart implements Part {
  readonly #repetition: Repetition;
  readonly #number: number;

  #values: readonly (string | undefined)[] | undefined;

  constructor(repetition: Repetition, number: number) {
    this.#repetition = repetition;
    this.#number = number;
  }

  has(number: number): boolean {
    return this.component(number) !== undefined;
  }

  component(number: number): string | undefined {
    return (this.#values ??= this.#repetition.subcomponents(this.#number))[number - 1];
  }

  inside(number: number): Part {
    return new TextPart(this.component(number));
  }

  text(): string | undefined {
    return this.#repetition.literal(this.#number);
  }
}

/** A text that is not divided any further. */
export class TextPart implements Part {
  readonly #text: string | undefined;

  constructor(text: string | undefined) {
    this.#text = text;
  }

  has(number: number): boolean {
    return number === 1 && this.#text !== undefined;
  }

  component(number: number): string | undefined {
    return number === 1 ? this.#text : undefined;
  }

  inside(number: number): Part {
    return new TextPart(this.component(number));
  }

  text(): string | undefined {
    return this.#text;
  }
}
