import { communicationDue } from '#transitions/contract';
import { CommunicationListener } from './delivery/communication.listener.ts';
import { DeliverCommunications } from './delivery/deliver-communications.ts';
import { PerformDelivery } from './delivery/perform-delivery.ts';
import { communicationByFhir, communicationByV2, SendContent } from './delivery/send-content.ts';
import { DeliveriesOperation, deliveryLog } from './operations/deliveries.ts';
import { deliveryResend, DeliveryResendOperation } from './operations/delivery-resend.ts';
import { Deliveries } from './store/deliveries.ts';
import { CreateDeliveries1764200000000 } from './store/migrations/1764200000000-create-deliveries.ts';

/** What the context has for telling recipients: what is due is heard, kept, and sent until it is taken or given up. */
export const deliveryParts = {
  operations: [deliveryLog, deliveryResend],
  controllers: [CommunicationListener, DeliveriesOperation, DeliveryResendOperation],
  providers: [Deliveries, SendContent, PerformDelivery, DeliverCommunications],
  hears: [communicationDue],
  exits: [communicationByFhir, communicationByV2],
  migrations: [CreateDeliveries1764200000000],
};
