import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger } from 'pino';
import { allowedFields, type ToldError } from './log-fields.ts';
import { Repetitions } from './repetitions.ts';
import type { LogLevel } from './settings.ts';

export type Log = Logger;

const warning = 40;

/**
 * The log of the process: JSON lines on stderr, with the fields of `log-fields.ts` and no others. A warning that comes
 * again and again is said once, then once a minute with a count; an error is said each time, for its trace.
 */
export function createLog(level: LogLevel, destination: DestinationStream = pino.destination(2)): Log {
  const repetitions = new Repetitions();
  return pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: allowedFields },
      // The serializer of pino would repeat an error's text before the allow-list sees it.
      serializers: { err: (error: unknown) => error },
      hooks: {
        logMethod(args, method, at) {
          if (at !== warning) return method.apply(this, args);
          const [first, text] = args as readonly unknown[] as readonly [unknown, string | undefined];
          const fields = typeof first === 'object' && first !== null ? first : {};
          const said = typeof first === 'string' ? first : text;
          repetitions.say(kindOf(fields, said), (count) =>
            method.call(this, count === undefined ? fields : { ...fields, count }, said),
          );
        },
      },
    },
    destination,
  );
}

/** What tells one warning from another: where it comes from, its text, and the kind of its error. */
function kindOf(fields: object, text: string | undefined): string {
  const { component, context, subscription, error } = allowedFields({ ...fields });
  const { name, kind, code } = (error ?? {}) as Partial<ToldError>;
  return JSON.stringify([component, context, subscription, name, kind, code, text]);
}

/** Nest's logger, and so that of every library, over the log of the process. `logger.warn(fields, text)` keeps the fields. */
export function nestLogger(log: Log): LoggerService {
  const at =
    (level: 'info' | 'warn' | 'error' | 'debug' | 'trace') =>
    (message: unknown, ...rest: unknown[]): void => {
      const component = rest.findLast((item) => typeof item === 'string' && !item.includes('\n'));
      const error = [message, ...rest].find((item) => item instanceof Error);
      const fields =
        typeof message === 'object' && message !== null && !(message instanceof Error) ? message : {};
      const text =
        typeof message === 'string'
          ? message
          : rest.length > 1 && typeof rest[0] === 'string'
            ? rest[0]
            : undefined;
      log[level](
        {
          ...fields,
          ...(component === undefined ? {} : { component }),
          ...(error === undefined ? {} : { error }),
        },
        text,
      );
    };
  // What Nest tells of its start (every route and module) is of use to those who debug, and to nobody else.
  return {
    log: at('debug'),
    warn: at('warn'),
    error: at('error'),
    debug: at('debug'),
    verbose: at('trace'),
    fatal: at('error'),
  };
}
