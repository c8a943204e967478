import { IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import type { Caller } from '#platform/access';
import { eventType } from '#platform/messaging';
import type { SubscriptionRequest } from '../domain/subscription-request.ts';

/** A client wrote a Subscription. Without `request` it was deleted. */
export class SubscriptionChanged {
  @IsString() @MaxLength(64) subscription!: string;
  @IsOptional() @IsObject() request?: SubscriptionRequest;
  /** Who wrote it: by his rights it is notified. */
  @IsOptional() @IsObject() writer?: Caller;
}

/** A client wrote or deleted a Subscription; for `exchange` itself. */
export const subscriptionChanged = eventType('exchange', 'subscription.changed', SubscriptionChanged);
