import { Fault } from '#platform/fhir';

/** A start that must not go on: `where` names the context or file, `what` says what is wrong and what to do. */
export function refusal(where: string, what: string): Fault {
  return new Fault('exception', `Septum does not start. ${where}: ${what}`);
}
