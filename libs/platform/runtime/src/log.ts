import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger } from 'pino';
import { allowedFields } from './log-fields.ts';
import type { LogLevel } from './settings.ts';

export type Log = Logger;

/** The log of the process: JSON lines on stderr, with the fields of `log-fields.ts` and no others. */
export function createLog(level: LogLevel, destination: DestinationStream = pino.destination(2)): Log {
  return pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: allowedFields },
      // The serializer of pino would repeat an error's text before the allow-list sees it.
      serializers: { err: (error: unknown) => error },
    },
    destination,
  );
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
