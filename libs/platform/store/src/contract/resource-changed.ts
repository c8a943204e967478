import { IsIn, IsInt, IsString, MaxLength, Min } from 'class-validator';
import { eventType, type EventType } from '#platform/messaging';

/** What every write publishes: which resource, at which version now. The resource itself stays with its owner. */
export class ResourceChanged {
  @IsString() @MaxLength(64) type!: string;
  @IsString() @MaxLength(64) id!: string;
  @IsInt() @Min(1) version!: number;
  @IsIn(['created', 'updated', 'deleted']) change!: 'created' | 'updated' | 'deleted';
}

export function resourceChanged(context: string): EventType<ResourceChanged> {
  return eventType(context, 'resource.changed', ResourceChanged);
}
