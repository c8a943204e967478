import { env } from 'node:process';

/** The environment for a process of the story: without the settings of another installation that this terminal is set up for. */
export function childEnvironment(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('SEPTUM_'));
  return { ...Object.fromEntries(kept), ...settings };
}

/** The nats-server that whoever runs the story wants it to use; not a setting of Septum, which starts none itself. */
export function namedNatsServer(): string | undefined {
  return env['SEPTUM_NATS_SERVER'];
}
