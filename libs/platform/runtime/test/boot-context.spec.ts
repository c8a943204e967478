import {
  Controller,
  Inject,
  Injectable,
  Logger,
  Scope,
  UseGuards,
  type OnApplicationBootstrap,
  type Provider,
  type Type,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { MessageGuard, type Caller } from '#platform/access';
import {
  contract,
  Handles,
  LocalSwitchboard,
  Messenger,
  type Contract,
  type Reply,
} from '#platform/messaging';
import {
  bootContext,
  createLog,
  defineContext,
  Health,
  Metrics,
  statusContract,
  topology,
  type RunningContext,
} from '#platform/runtime';

class Ask {}
const greet = contract<Ask, string>('ward', 'greeting.give', Ask);
const part = contract<Ask, string>('ward', 'farewell.give', Ask);
const caller: Caller = {
  subject: 'client/test',
  kind: 'client',
  client: 'test',
  scopes: [],
  purposeOfUse: 'TREAT',
  breakGlass: false,
};
const answer = async (): Promise<Reply<string>> => ({ result: 'hello', texts: [] });

@Controller()
class Greeter {
  @Handles(greet)
  greet(_caller: Caller, _request: Ask): Promise<Reply<string>> {
    return answer();
  }
}

@Controller()
class SecondGreeter {
  @Handles(greet)
  greetToo(_caller: Caller, _request: Ask): Promise<Reply<string>> {
    return answer();
  }
}

class Lenient {
  canActivate(): boolean {
    return true;
  }
}

@Controller()
class GuardedGreeter {
  @UseGuards(new Lenient())
  @Handles(greet)
  greet(_caller: Caller, _request: Ask): Promise<Reply<string>> {
    return answer();
  }
}

@Injectable({ scope: Scope.REQUEST })
class OfOneRequest {}

@Controller()
class ScopedGreeter {
  constructor(@Inject(OfOneRequest) readonly ofOneRequest: OfOneRequest) {}

  @Handles(greet)
  greet(_caller: Caller, _request: Ask): Promise<Reply<string>> {
    return answer();
  }
}

/** Begins what goes on until the context ends. */
class Worker implements OnApplicationBootstrap {
  begun = 0;

  onApplicationBootstrap(): void {
    this.begun += 1;
  }
}

describe('booting a context', () => {
  const running: RunningContext[] = [];
  let metrics: Metrics;
  let messenger: Messenger;

  beforeAll(() => Logger.overrideLogger(false));
  afterAll(() => Logger.overrideLogger(true));
  afterEach(() => Promise.all(running.splice(0).map(({ application }) => application.close())));

  async function boot(
    controllers: Type[],
    providers: Provider[] = [],
    contracts: Contract<object, unknown>[] = [greet],
  ) {
    const switchboard = new LocalSwitchboard();
    metrics = new Metrics();
    messenger = new Messenger({ switchboard });
    const health = new Health({ topology: topology(['ward'], { only: [], except: [] }) });
    health.watch('ward', async () => ({ problems: [], outboxLagMs: 0, inboxLagMs: 0, parked: 0 }));
    health.started();
    const definition = defineContext({ name: 'ward', types: [], controllers, providers, contracts });
    const surroundings = {
      switchboard,
      messenger,
      guard: new MessageGuard(),
      health,
      metrics,
      log: createLog('silent'),
    };
    const context = await bootContext(
      definition,
      { contracts: [], controllers: [], providers: [] },
      surroundings,
    );
    running.push(context);
    await context.application.listen();
  }

  it('serves its contracts, behind the guard, and counts the calls', async () => {
    await boot([Greeter]);
    expect((await messenger.call(caller, greet, {})).result).toBe('hello');
    expect((await messenger.call(caller, statusContract('ward'), {})).result).toMatchObject({
      part: 'ward',
      state: 'ready',
      placement: 'here',
    });
    await expect(messenger.call({} as Caller, greet, {})).rejects.toMatchObject({ kind: 'unauthenticated' });
    expect(await metrics.text()).toContain(
      'septum_calls_total{context="ward",pattern="ward.greeting.give.v1",outcome="ok"} 1',
    );
  });

  it('begins the work of its providers once', async () => {
    const worker = new Worker();
    await boot([Greeter], [{ provide: Worker, useValue: worker }]);
    expect(worker.begun).toBe(1);
  });

  it.each<[string, () => Promise<void>, RegExp]>([
    [
      'two handlers of one pattern',
      () => boot([Greeter, SecondGreeter]),
      /ward\.greeting\.give\.v1 has two handlers/,
    ],
    [
      'a contract without a handler',
      () => boot([Greeter], [], [greet, part]),
      /ward: nothing handles its contract ward\.farewell\.give\.v1/,
    ],
    [
      'a handler of a contract that is not declared',
      () => boot([Greeter], [], []),
      /Greeter\.greet handles ward\.greeting\.give\.v1, which it does not declare/,
    ],
    [
      'a handler with guards of its own',
      () => boot([GuardedGreeter]),
      /ward: GuardedGreeter\.greet has guards of its own/,
    ],
    [
      'a guard for all handlers of one context',
      () => boot([Greeter], [{ provide: APP_GUARD, useClass: Lenient }]),
      /ward: it provides APP_GUARD/,
    ],
    [
      'a request-scoped handler',
      () => boot([ScopedGreeter], [OfOneRequest]),
      /ward: ScopedGreeter is request-scoped/,
    ],
  ])('refuses %s', async (_fault, start, message) => {
    await expect(start()).rejects.toThrow(message);
  });
});
