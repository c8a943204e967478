import { Fault } from '#platform/fhir';
import type { Caller } from './caller.ts';
import { assertScope, type Interaction } from './scope.ts';

/**
 * Refuses with `forbidden` unless the caller may do so to everything, as one who runs the installation: by a scope
 * `system/*.…`. A user's own `user/*` is about what he treats, and is not enough.
 */
export function assertOperator(caller: Caller, interaction: Interaction): void {
  if (caller.kind === 'user' || caller.patients !== undefined)
    throw new Fault(
      'forbidden',
      'This is for those who run the installation. Take a token of septum token, with a scope such as "system/*.cruds".',
    );
  assertScope(caller, '*', interaction);
}
