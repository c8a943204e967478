import { MessageGuard } from '#platform/access';
import { LocalSwitchboard, Messenger, NatsLink, RemoteBindings } from '#platform/messaging';
import type { Databases, Log, Settings, Shutdown, Topology } from '#platform/runtime';
import { loadProcessKeys } from './process-keys.ts';

/** How the parts of this process are reached, and reach others. */
export interface Bindings {
  readonly switchboard: LocalSwitchboard;
  readonly messenger: Messenger;
  readonly guard: MessageGuard;
  readonly nats?: NatsLink;
}

export interface BindingsOptions {
  readonly settings: Settings;
  readonly topology: Topology;
  readonly databases: Databases;
  readonly shutdown: Shutdown;
  readonly log: Log;
}

/** Local alone without NATS; with it every part also listens there, and parts elsewhere are reached by it. */
export async function openBindings(options: BindingsOptions): Promise<Bindings> {
  const switchboard = new LocalSwitchboard();
  const { natsUrl } = options.settings;
  if (natsUrl === undefined)
    return { switchboard, messenger: new Messenger({ switchboard }), guard: new MessageGuard() };
  const { signer, verifier } = await loadProcessKeys(options.databases, options.topology);
  const nats = await NatsLink.connect({
    servers: natsUrl.split(','),
    name: `septum ${options.topology.here.join(',')}`,
    waitOnFirstConnect: true,
  });
  const remote = new RemoteBindings({ link: nats, signer });
  options.shutdown.at('close-clients', async () => {
    remote.close();
    await nats.close();
  });
  options.log.info({ component: 'nats' }, 'connected');
  return {
    switchboard,
    messenger: new Messenger({ switchboard, remote }),
    guard: new MessageGuard({ verifier }),
    nats,
  };
}
