/**
 * Required bindings. https://hl7.org/fhir/R4/terminologies.html#required
 */
import { valueSetCodes } from './definitions.ts';
import type { ValidationRun } from './validation-run.ts';

export type BindingCheck = (value: unknown, run: ValidationRun) => void;

type Fields = Readonly<Record<string, unknown>>;

function allowed(codes: Readonly<Record<string, readonly string[]>>, valueSet: string): string {
  const all = Object.values(codes).flat();
  return all.length <= 20 ? `Use one of: ${all.join(', ')}` : `Use a code of ${valueSet}`;
}

/** Undefined when the value set cannot be enumerated, or the type has no codes of its own. */
export function bindingCheck(valueSet: string, type: string): BindingCheck | undefined {
  const codes = valueSetCodes(valueSet);
  if (!codes) return undefined;
  const hint = `${allowed(codes, valueSet)}.`;
  const plain = new Set(Object.values(codes).flat());
  const bySystem = new Map(Object.entries(codes).map(([system, list]) => [system, new Set(list)]));
  const has = (coding: unknown): boolean => {
    const { system, code } = (coding ?? {}) as Fields;
    return (
      typeof code === 'string' && typeof system === 'string' && (bySystem.get(system)?.has(code) ?? false)
    );
  };
  const refuse = (run: ValidationRun): void =>
    run.report('code-invalid', `This element takes only codes of its value set. ${hint}`);
  if (type === 'Coding') return (value, run) => void (has(value) || refuse(run));
  if (type === 'CodeableConcept') {
    return (value, run) => {
      const { coding } = value as Fields;
      if (!Array.isArray(coding) || !coding.some(has)) refuse(run);
    };
  }
  if (type === 'code' || type === 'string' || type === 'uri') {
    return (value, run) => void ((typeof value === 'string' && plain.has(value)) || refuse(run));
  }
  return undefined;
}
