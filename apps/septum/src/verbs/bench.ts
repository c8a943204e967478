import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { Fault, packageRoot } from '#platform/fhir';

/** Hands on to the benchmark suite of the checkout: `npm run bench`. */
export function benchVerb() {
  return new Command('bench')
    .description('measure CPU per request beside the budgets and the floor (in a checkout)')
    .allowUnknownOption()
    .argument('[arguments...]', 'as `npm run bench` takes them')
    .option('--json', 'answer as JSON')
    .action(async (rest: string[], options: { readonly json?: boolean }) => {
      const script = join(packageRoot(import.meta.url), 'tools', 'bench.mjs');
      if (!existsSync(script))
        throw new Fault(
          'not-found',
          'The benchmark is part of a checkout, and this is none: git clone Septum and run npm run bench.',
        );
      const child = spawn(process.execPath, [script, ...rest, ...(options.json === true ? ['--json'] : [])], {
        stdio: 'inherit',
      });
      process.exitCode = await new Promise<number>((resolve, reject) =>
        child.on('error', reject).on('exit', (code) => resolve(code ?? 1)),
      );
    });
}
