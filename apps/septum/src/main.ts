import 'reflect-metadata';
import { Command } from 'commander';
import { asFault, Fault } from '#platform/fhir';
import { benchVerb } from './verbs/bench.ts';
import { consoleVerb } from './verbs/console.ts';
import { demoVerb } from './verbs/demo.ts';
import { doctorVerb } from './verbs/doctor.ts';
import { eventsVerb } from './verbs/events.ts';
import { exportVerb } from './verbs/export.ts';
import { importVerb } from './verbs/import.ts';
import { migrateVerb } from './verbs/migrate.ts';
import { rulesVerb } from './verbs/rules.ts';
import { serveVerb } from './verbs/serve.ts';
import { settingsVerb } from './verbs/settings.ts';
import { tokenVerb } from './verbs/token.ts';
import { topologyVerb } from './verbs/topology.ts';
import { transactionsVerb } from './verbs/transactions.ts';
import { v2Verb } from './verbs/v2.ts';

const program = new Command('septum')
  .description("The hospital's data exchange in one program.")
  .showHelpAfterError()
  .addCommand(serveVerb())
  .addCommand(tokenVerb())
  .addCommand(consoleVerb())
  .addCommand(importVerb())
  .addCommand(exportVerb())
  .addCommand(v2Verb())
  .addCommand(eventsVerb())
  .addCommand(transactionsVerb())
  .addCommand(demoVerb())
  .addCommand(rulesVerb())
  .addCommand(topologyVerb())
  .addCommand(doctorVerb())
  .addCommand(migrateVerb())
  .addCommand(benchVerb())
  .addCommand(settingsVerb());

try {
  await program.parseAsync();
} catch (error) {
  // What the start was refused for is an ordinary Error in the libraries below the edge: at a terminal its text is told.
  const text =
    error instanceof Fault ? error.message : error instanceof Error ? error.message : asFault(error).message;
  process.stderr.write(`septum: ${text}\n`);
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify({ error: text })}\n`);
  process.exit(1);
}
