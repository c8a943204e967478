import { ValidateBy } from 'class-validator';

/** A setting that is a whole number within limits, both inclusive; one rule, so that one sentence says it all. */
export function WholeNumber(least: number, most: number): PropertyDecorator {
  return ValidateBy({
    name: 'wholeNumber',
    validator: {
      validate: (value: unknown) =>
        Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
      defaultMessage: () => `write a whole number from ${least} to ${most}`,
    },
  });
}
