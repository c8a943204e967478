import type { PipeTransform } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { Fault } from '#platform/fhir';
import type { MessageClass } from '../contract.ts';
import type { EventMessage } from '../event.ts';

/**
 * Checks an event's payload against its class. Properties that the class does not know are dropped, not refused: the
 * publisher may be one release ahead.
 */
export class EventValidation implements PipeTransform<EventMessage, EventMessage> {
  readonly #payload: MessageClass<object>;

  constructor(payload: MessageClass<object>) {
    this.#payload = payload;
  }

  transform(event: EventMessage): EventMessage {
    const payload = plainToInstance(this.#payload, event.payload, { exposeUnsetFields: false });
    const validationError = { target: false, value: false };
    const errors = validateSync(payload, { whitelist: true, validationError });
    if (errors.length > 0) {
      const names = errors.map((error) => error.property).join(', ');
      throw new Fault(
        'invalid',
        `The payload of an event ${event.pattern} is not valid in: ${names}. Correct its publisher.`,
      );
    }
    return Object.freeze({ ...event, payload: Object.freeze(payload) });
  }
}
