import { bundleReceived } from '../contract/received.ts';
import { processMessage, ProcessMessageOperation } from '../operations/process-message.ts';
import { FindPatient } from './find-patient.ts';
import { ReceivedListener } from './received.listener.ts';
import { receivedRule } from './received-rule.ts';

/** What `transitions` is for others who send: documents and notices. */
export const receivedParts = {
  rules: [receivedRule],
  operations: [processMessage],
  controllers: [ProcessMessageOperation, ReceivedListener],
  providers: [FindPatient],
  publishes: [bundleReceived],
  hears: [bundleReceived],
};
