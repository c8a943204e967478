import { AbstractLogger } from 'typeorm';

/** TypeORM prints a migration's error even when told not to log; it is thrown as well, which is enough. */
export class SilentLogger extends AbstractLogger {
  protected writeLog(): void {}
}
