import { IsUUID } from 'class-validator';
import { eventType } from '#platform/messaging';

export class V2Received {
  /** Of the message as `exchange` keeps it; what stands in it stays there. */
  @IsUUID() message!: string;
}

/** An HL7 v2 message was acknowledged and is to be applied. Ordered by patient. */
export const v2Received = eventType('exchange', 'v2.received', V2Received);
