import { Fault } from '#platform/fhir';

/** `north@2026.1`. */
export function packOperand(operand: string | undefined): {
  readonly name: string;
  readonly version: string;
} {
  const [, name, version] = /^([^@]+)@([^@]+)$/.exec(operand ?? '') ?? [];
  if (name !== undefined && version !== undefined) return { name, version };
  throw new Fault('bad-parameter', 'Name the pack as NAME@VERSION, such as north@2026.1.');
}
