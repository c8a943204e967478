import type { Contract } from '#platform/messaging';
import { importContracts } from './contract/import.ts';
import { resourceContracts } from './contract/resource.ts';
import { transactionContracts } from './contract/transaction.ts';

/** All contracts that a context with FHIR types answers from its store. */
export function storeContracts(context: string): readonly Contract<object, unknown>[] {
  return [
    ...Object.values(resourceContracts(context)),
    ...Object.values(importContracts(context)),
    ...Object.values(transactionContracts(context)),
  ];
}
