import { Logger } from '@nestjs/common';
import type { ContextDatabase } from '#platform/database';

/** One refused request. No address of a resource: the type will do. */
export interface Refusal {
  readonly status: number;
  /** Empty when nobody was authenticated. */
  readonly subject: string;
  readonly client: string;
  readonly address: string;
  readonly method: string;
  /** The resource type asked for; empty when there was none. */
  readonly type: string;
}

const everyMs = 1_000;
const mostKinds = 1_000;
/** Fewer of those nobody vouches for: anyone can make more of them. */
const mostStrangers = 50;
/** Stands for all that are more than those. */
const others: Refusal = { status: 0, subject: '', client: '', address: 'others', method: '', type: '' };

/**
 * Records refusals in the edge's schema, once a second, equal ones as one row with a count: whoever is refused a
 * thousand times a second must not make us write a thousand rows, and of a stranger it counts only where they came from.
 * A refusal carries no data of a patient, so its answer does not wait for the record.
 */
export class RefusalLog {
  readonly #home: ContextDatabase;
  readonly #log = new Logger('edge');
  #waiting = new Map<string, { readonly refusal: Refusal; count: number }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(home: ContextDatabase) {
    this.#home = home;
  }

  append(refused: Refusal): void {
    const isStranger = refused.subject === '';
    const refusal = isStranger ? { ...refused, method: '', type: '' } : refused;
    const known = this.#waiting.get(keyOf(refusal));
    if (known !== undefined) known.count += 1;
    else if (this.#waiting.size < (isStranger ? mostStrangers : mostKinds)) this.#wait(refusal);
    else if (refused !== others) this.append(others);
    else this.#wait(others);
    this.#timer ??= setTimeout(() => void this.flush(), everyMs).unref();
  }

  #wait(refusal: Refusal): void {
    this.#waiting.set(keyOf(refusal), { refusal, count: 1 });
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const rows = [...this.#waiting.values()];
    this.#waiting = new Map();
    if (rows.length === 0) return;
    const column = (name: keyof Refusal) => rows.map(({ refusal }) => refusal[name]);
    try {
      await this.#home.query('*', {
        name: 'edge.refusal.append',
        text: `insert into edge.refusal (status, subject, client, address, method, type, count)
               select * from unnest($1::smallint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[])`,
        values: [
          column('status'),
          column('subject'),
          column('client'),
          column('address'),
          column('method'),
          column('type'),
          rows.map(({ count }) => count),
        ],
      });
    } catch {
      this.#log.error({
        alarm: 'refusals not recorded',
        count: rows.reduce((sum, { count }) => sum + count, 0),
      });
    }
  }
}

function keyOf({ status, subject, client, address, method, type }: Refusal): string {
  return JSON.stringify([status, subject, client, address, method, type]);
}
