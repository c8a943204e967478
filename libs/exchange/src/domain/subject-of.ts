/** What types call whom they are about, where that is one patient. */
const elements = ['subject', 'patient', 'beneficiary'] as const;

/** `Patient/…`: whom a resource is about; undefined where it does not say so of a patient of ours. */
export function subjectOf(resource: Readonly<Record<string, unknown>> | undefined): string | undefined {
  for (const element of elements) {
    const { reference } = (resource?.[element] ?? {}) as { readonly reference?: unknown };
    if (typeof reference === 'string' && /^Patient\/[^/]+$/.test(reference)) return reference;
  }
  return undefined;
}
