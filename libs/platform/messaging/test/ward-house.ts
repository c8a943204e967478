import 'reflect-metadata';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Module, type INestMicroservice, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  CallerSigner,
  CallerVerifier,
  encodePublicKey,
  generateSigningKey,
  MessageGuard,
  type Authorise,
  type Caller,
  type PublicKey,
  type SigningKey,
} from '#platform/access';
import {
  CompositeStrategy,
  LocalSwitchboard,
  Messenger,
  NatsLink,
  RemoteBindings,
  type PermitLimits,
  type RemoteOptions,
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
  readonly verifyWith?: readonly PublicKey[];
  readonly authorise?: Authorise;
  readonly controller?: Type;
  readonly drainMs?: number;
}

/** The serving side: context `ward`, listening locally and, with a URL, on NATS. */
export class Ward {
  readonly switchboard = new LocalSwitchboard();
  readonly book = new WardBook();
  readonly logged: Logged[] = [];
  readonly served: { pattern: string; outcome: string; elapsedMs: number }[] = [];
  strategy!: CompositeStrategy;
  app!: INestMicroservice;
  link: NatsLink | undefined;

  static async open(options: WardOptions = {}): Promise<Ward> {
    const ward = new Ward();
    if (options.natsUrl !== undefined) ward.link = await NatsLink.connect({ servers: options.natsUrl });
    const strategyOptions: StrategyOptions = {
      context: 'ward',
      switchboard: ward.switchboard,
      onServed: (pattern, outcome, elapsedMs) => ward.served.push({ pattern, outcome, elapsedMs }),
      onException: (error, pattern, traceparent) => ward.logged.push({ error, pattern, traceparent }),
      ...(ward.link === undefined ? {} : { nats: ward.link }),
      ...(options.drainMs === undefined ? {} : { drainMs: options.drainMs }),
      ...(options.limits === undefined ? {} : { limits: options.limits }),
    };
    ward.strategy = new CompositeStrategy(strategyOptions);
    class WardModule {}
    Module({
      controllers: [options.controller ?? WardController],
      providers: [{ provide: WardBook, useValue: ward.book }],
    })(WardModule);
    ward.app = await NestFactory.createMicroservice(WardModule, { strategy: ward.strategy, logger: false });
    const verifier = new CallerVerifier(options.verifyWith ?? [edgeKey]);
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

  private constructor(options: RemoteOptions) {
    this.link = options.link;
    this.remote = new RemoteBindings(options);
    this.messenger = new Messenger({ switchboard: new LocalSwitchboard(), remote: this.remote });
  }

  static async open(natsUrl: string, options: Partial<RemoteOptions> = {}): Promise<Neighbour> {
    const link = await NatsLink.connect({ servers: natsUrl });
    return new Neighbour({ link, signer: new CallerSigner([edgeKey]), ...options });
  }

  async close(): Promise<void> {
    this.remote.close();
    await this.link.close();
  }
}

/** A ward in another process. */
export interface WardProcess {
  readonly pid: number;
  signal(signal: NodeJS.Signals): void;
  /** SIGKILL, and resolves when it is gone. */
  kill(): Promise<void>;
}

export async function startWardProcess(natsUrl: string): Promise<WardProcess> {
  const here = import.meta.dirname;
  const source = [
    '--conditions=source',
    '--import',
    join(here, 'run-source.mjs'),
    join(here, 'ward-process.ts'),
  ];
  const parameters = [natsUrl, edgeKey.keyId, encodePublicKey(edgeKey.publicKey)];
  const child = spawn(process.execPath, [...source, ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    void exited.then((code) => reject(new Error(`The ward's process ended with ${code}.`)));
  });
  return {
    pid: child.pid ?? 0,
    signal: (signal) => void child.kill(signal),
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
