import type { Repetition } from '#platform/hl7v2';

/** A value of version 2 that has components: a repetition of a field, a component of it, or one of its parts. */
export interface Part {
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

  component(number: number): string | undefined {
    return this.repetition.value(number);
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

  constructor(repetition: Repetition, number: number) {
    this.#repetition = repetition;
    this.#number = number;
  }

  component(number: number): string | undefined {
    return this.#repetition.value(this.#number, number);
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
