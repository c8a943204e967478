import 'reflect-metadata';
import { Module, type INestMicroservice, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  CallerSigner,
  CallerVerifier,
  generateSigningKey,
  MessageGuard,
  type Authorise,
  type Caller,
  type SigningKey,
} from '#platform/access';
import {
  CompositeStrategy,
  LocalSwitchboard,
  Messenger,
  NatsLink,
  RemoteBindings,
  type PermitLimits,
  type StrategyOptions,
} from '#platform/messaging';
import { WardBook, WardController } from './ward.ts';

export const edgeKey: SigningKey = generateSigningKey('edge', 'caller');

export const nurse: Caller = {
  subject: 'Practitioner/nurse',
  kind: 'user',
  client: 'client/console',
  scopes: ['user/*.cruds'],
  purposeOfUse: 'TREAT',
  breakGlass: false,
};

/** What was thrown in handlers and kept from callers. */
export interface Logged {
  readonly error: unknown;
  readonly pattern: string;
  readonly traceparent: string;
}

export interface WardOptions {
  readonly natsUrl?: string;
  readonly limits?: PermitLimits;
  readonly keys?: readonly SigningKey[];
  readonly authorise?: Authorise;
  readonly controller?: Type;
}

/** The serving side: context `ward`, listening locally and, with a URL, on NATS. */
export class Ward {
  readonly switchboard = new LocalSwitchboard();
  readonly book = new WardBook();
  readonly logged: Logged[] = [];
  strategy!: CompositeStrategy;
  app!: INestMicroservice;
  link: NatsLink | undefined;

  static async open(options: WardOptions = {}): Promise<Ward> {
    const ward = new Ward();
    if (options.natsUrl !== undefined) ward.link = await NatsLink.connect({ servers: options.natsUrl });
    const strategyOptions: StrategyOptions = {
      context: 'ward',
      switchboard: ward.switchboard,
      onException: (error, pattern, traceparent) => ward.logged.push({ error, pattern, traceparent }),
      ...(ward.link === undefined ? {} : { nats: ward.link }),
      ...(options.limits === undefined ? {} : { limits: options.limits }),
    };
    ward.strategy = new CompositeStrategy(strategyOptions);
    class WardModule {}
    Module({
      controllers: [options.controller ?? WardController],
      providers: [{ provide: WardBook, useValue: ward.book }],
    })(WardModule);
    ward.app = await NestFactory.createMicroservice(WardModule, { strategy: ward.strategy, logger: false });
    const verifier = new CallerVerifier(options.keys ?? [edgeKey]);
    const guardOptions =
      options.authorise === undefined ? { verifier } : { verifier, authorise: options.authorise };
    ward.app.useGlobalGuards(new MessageGuard(guardOptions));
    await ward.app.listen();
    return ward;
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.link?.close();
  }
}

/** The calling side of another process: a connection and a messenger of its own. */
export class Neighbour {
  readonly link: NatsLink;
  readonly remote: RemoteBindings;
  readonly messenger: Messenger;

  private constructor(link: NatsLink, signer: CallerSigner, limits?: PermitLimits) {
    this.link = link;
    this.remote = new RemoteBindings({ link, signer, ...(limits === undefined ? {} : { limits }) });
    this.messenger = new Messenger({ switchboard: new LocalSwitchboard(), remote: this.remote });
  }

  static async open(
    natsUrl: string,
    signer = new CallerSigner([edgeKey]),
    limits?: PermitLimits,
  ): Promise<Neighbour> {
    return new Neighbour(await NatsLink.connect({ servers: natsUrl }), signer, limits);
  }

  async close(): Promise<void> {
    this.remote.close();
    await this.link.close();
  }
}
