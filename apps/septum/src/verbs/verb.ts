import { Command } from 'commander';

/** What every verb tells its caller: its answer on stdout, as people or as programs read it, and its progress on stderr. */
export interface Told {
  /** The answer: once, last. `text` for people, `data` with `--json`. */
  answer(text: string, data: unknown): void;
  progress(line: string): void;
}

/**
 * A verb of the command line. `run` gets the options and arguments as commander parsed them; what it throws ends the
 * program with 1 and one line on stderr.
 */
export function verb<Options extends object>(
  name: string,
  summary: string,
  declare: (command: Command) => Command,
  run: (
    options: Options & { readonly json?: boolean },
    told: Told,
    operands: readonly string[],
  ) => Promise<void>,
): Command {
  return declare(new Command(name).description(summary))
    .option('--json', 'answer as JSON')
    .action(async (...given: unknown[]) => {
      const command = given.at(-1) as Command;
      const options = command.opts<Options & { readonly json?: boolean }>();
      await run(options, tell(options.json === true), command.args);
    });
}

function tell(asJson: boolean): Told {
  return {
    answer: (text, data) =>
      void process.stdout.write(`${asJson ? JSON.stringify(data, undefined, 2) : text}\n`),
    progress: (line) => void process.stderr.write(`${line}\n`),
  };
}
