import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { IsInt } from 'class-validator';
import { MessageGuard, type Caller } from '#platform/access';
import type { Transaction } from '#platform/database';
import {
  CompositeStrategy,
  type Delivery,
  EventExchange,
  type EventExchangeOptions,
  type EventMessage,
  type EventPartOptions,
  eventType,
  Hears,
  LocalSwitchboard,
} from '#platform/messaging';

export class Discharged {
  @IsInt() nth!: number;
}
export const discharged = eventType('ward', 'stay.discharged', Discharged);

/** Declared for `summaries`; `notices` has as many as is usual. */
export const wide = 8;

/** Decides for a test what the listeners do beside applying: throw to fail, wait to be slow. */
export class Conduct {
  before: (event: EventMessage<Discharged>, subscription: string) => Promise<void> = async () => {};
  within: (event: EventMessage<Discharged>, subscription: string) => Promise<void> = async () => {};
  after: (event: EventMessage<Discharged>, subscription: string) => Promise<void> = async () => {};
  readonly callers = new Set<string>();
}

@Controller()
export class LettersController {
  readonly #conduct: Conduct;

  constructor(conduct: Conduct) {
    this.#conduct = conduct;
  }

  @Hears(discharged, 'summaries', { sideBySide: wide })
  async summarise(
    caller: Caller,
    event: EventMessage<Discharged>,
    delivery: Delivery<Transaction>,
  ): Promise<void> {
    this.#conduct.callers.add(caller.subject);
    await this.#apply(event, delivery);
  }

  @Hears(discharged, 'notices')
  async notify(
    _caller: Caller,
    event: EventMessage<Discharged>,
    delivery: Delivery<Transaction>,
  ): Promise<void> {
    await this.#apply(event, delivery);
  }

  async #apply(event: EventMessage<Discharged>, delivery: Delivery<Transaction>): Promise<void> {
    await this.#conduct.before(event, delivery.subscription);
    await delivery.applyOnce(async (transaction) => {
      await transaction.query({
        text: 'INSERT INTO letters.effect (subscription, id, order_key, order_sequence) VALUES ($1, $2, $3, $4)',
        values: [delivery.subscription, event.id, event.orderKey, event.orderSequence],
      });
      await this.#conduct.within(event, delivery.subscription);
    });
    await this.#conduct.after(event, delivery.subscription);
  }
}

export const letterCaller: Caller = {
  subject: 'system/letters',
  kind: 'system',
  client: 'system/letters',
  scopes: ['system/*.cruds'],
  purposeOfUse: 'TREAT',
  breakGlass: false,
};

/** The handlers of context `letters`, as Nest wrapped them. */
export async function lettersHandlers(conduct: Conduct): Promise<NonNullable<EventPartOptions['handlers']>> {
  const strategy = new CompositeStrategy({ context: 'letters', switchboard: new LocalSwitchboard() });
  class LettersModule {}
  Module({ controllers: [LettersController], providers: [{ provide: Conduct, useValue: conduct }] })(
    LettersModule,
  );
  const app = await NestFactory.createMicroservice(LettersModule, { strategy, logger: false });
  app.useGlobalGuards(new MessageGuard());
  await app.init();
  return strategy.getHandlers();
}

export type Errors = { where: string; error: unknown }[];

export function exchangeOf(
  parts: readonly EventPartOptions[],
  errors: Errors = [],
  options: Partial<EventExchangeOptions> = {},
): EventExchange {
  return new EventExchange({ parts, onError: (where, error) => errors.push({ where, error }), ...options });
}
