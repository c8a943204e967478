import { type Fields, words } from '#platform/fhir';

/**
 * A person has to say whose a received Bundle is. It stands in the work list: `Task?status=requested`.
 * https://hl7.org/fhir/R4/task.html
 */
export function unmatchedTask(id: string, bundle: string, reason: string, receivedAt: number): Fields {
  return {
    resourceType: 'Task',
    id,
    status: 'requested',
    intent: 'order',
    code: { text: 'Find the patient of a received document or notice' },
    description: reason,
    focus: { reference: `Bundle/${bundle}` },
    authoredOn: new Date(receivedAt).toISOString(),
  };
}

/** The task is done, once the Bundle comes again and its patient is found. */
export function settledTask(task: Fields): Fields | undefined {
  return words(task['status']) === 'requested' ? { ...task, status: 'completed' } : undefined;
}
