import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { systemCaller } from '#platform/access';
import { Messenger, WorkLoop } from '#platform/messaging';
import { ruleContracts, RuleLeader } from '#platform/rules';
import { deciders } from './rule-keeper.ts';

const pollMs = 1_000;

/**
 * Tells those who noted a change what became of it, until they have heard. From its instant on they decide nothing about
 * it until then. Told twice it changes nothing, so several copies of this process may tell.
 */
@Injectable()
export class TellRules implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #log = new Logger('exchange');
  readonly #caller = systemCaller('exchange');
  readonly #loop = new WorkLoop(
    () => this.#step(),
    () => pollMs,
    (error) => this.#log.warn({ component: 'rules', error }),
  );

  constructor(
    @Inject(Messenger) private readonly messenger: Messenger,
    @Inject(RuleLeader) private readonly leader: RuleLeader,
  ) {}

  onApplicationBootstrap(): void {
    this.#loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#loop.stop();
  }

  /** There is something to tell. */
  poke(): void {
    this.#loop.poke();
  }

  async #step(): Promise<boolean> {
    await this.leader.dropLate();
    for (const { position, state } of await this.leader.untold()) {
      if (state === 'proposed') continue;
      for (const context of deciders)
        await this.messenger.call(this.#caller, ruleContracts(context).settle, { position, state });
      await this.leader.told(position);
    }
    return false;
  }
}
