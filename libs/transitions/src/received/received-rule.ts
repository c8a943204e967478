import { systemCaller } from '#platform/access';
import type { WriteRule } from '#platform/store';
import { bundleReceived } from '../contract/received.ts';
import {
  foreignPatient,
  newPatientId,
  patientIdentifiers,
  receivedBundle,
} from '../domain/received-bundle.ts';

const ourselves = systemCaller('transitions').subject;

/** Tells of a document or a notice that others bring. What `transitions` makes itself is found already. */
export const receivedRule: WriteRule = {
  type: 'Bundle',
  decide(_before, after, _localReference, writer) {
    if (after === undefined || (writer.kind === 'system' && writer.subject === ourselves)) return [];
    const received = receivedBundle(after);
    if (received === undefined) return [];
    const bundle = String(after['id']);
    const patient = newPatientId(patientIdentifiers(foreignPatient(received)));
    const orderKey = patient === undefined ? `Bundle/${bundle}` : `Patient/${patient}`;
    return [{ type: bundleReceived, orderKey, payload: { bundle } }];
  },
};
