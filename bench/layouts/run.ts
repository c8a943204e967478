/**
 * Compares index layouts under row-level security: `node bench/layouts/run.ts postgres://… [patients] [layout,…]`.
 * Give it an otherwise idle PostgreSQL on this machine and a superuser; it makes and drops schemas `layout_*`.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { Client, Pool, type QueryResult } from 'pg';
import { generate, hash, randomFrom, type Sample } from './generate.ts';
import { commonDdl, layouts, writeFunction, type Layout } from './layouts.ts';

const [url = '', patientCount = '1000', only = ''] = process.argv.slice(2);
const tickMs = 10;

/** CPU of the postmaster and all it started, in ms, ended children included. */
function postgresCpuMs(postmaster: number): number {
  let ticks = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    let fields: string[];
    try {
      fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    } catch {
      continue; // ended since the listing
    }
    if (Number(pid) === postmaster)
      ticks += [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
    else if (Number(fields[1]) === postmaster) ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks * tickMs;
}

function clientCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

class Bench {
  readonly #pool: Pool;
  readonly #postmaster: number;
  readonly layout: Layout;

  constructor(pool: Pool, postmaster: number, layout: Layout) {
    this.#pool = pool;
    this.#postmaster = postmaster;
    this.layout = layout;
  }

  write(sample: Sample, content = sample.content): Promise<unknown> {
    return this.#pool.query({
      name: 'write',
      text: 'SELECT write($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)',
      values: [
        sample.type,
        sample.id,
        hash(`${sample.type}/${sample.id}`),
        content,
        sample.patient,
        sample.keys,
        sample.ranges.map((r) => r.key),
        sample.ranges.map((r) => r.low),
        sample.ranges.map((r) => r.high),
        sample.words.map((w) => w.key),
        sample.words.map((w) => w.value),
        'x'.repeat(150),
      ],
    });
  }

  search(name: string, text: string, values: unknown[]): Promise<QueryResult> {
    return this.#pool.query({ name, text, values });
  }

  /** Runs `work` for `count` rounds at concurrency 8 and tells CPU-ms a round, PostgreSQL + client, and p50. */
  async measure(name: string, count: number, work: (round: number) => Promise<unknown>): Promise<void> {
    for (let warm = 0; warm < 30; warm += 1) await work(-1 - warm);
    const before = [postgresCpuMs(this.#postmaster), clientCpuMs()] as const;
    const started = performance.now();
    const times: number[] = [];
    let next = 0;
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        while (next < count) {
          const round = next++;
          const from = performance.now();
          await work(round);
          times.push(performance.now() - from);
        }
      }),
    );
    const seconds = (performance.now() - started) / 1000;
    const server = (postgresCpuMs(this.#postmaster) - before[0]) / count;
    const client = (clientCpuMs() - before[1]) / count;
    const p50 = times.toSorted((a, b) => a - b)[Math.floor(count / 2)] ?? 0;
    console.log(
      `${this.layout.name}\t${name}\t${server.toFixed(3)} + ${client.toFixed(3)} CPU-ms\tp50 ${p50.toFixed(2)} ms\t${(count / seconds).toFixed(0)}/s`,
    );
  }
}

async function runLayout(layout: Layout): Promise<void> {
  const schema = `layout_${layout.name.replace('-', '_')}`;
  const admin = new Client({ connectionString: url });
  await admin.connect();
  await admin.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE; CREATE SCHEMA ${schema}; SET search_path = ${schema};
    DO $$ BEGIN CREATE ROLE layout_user LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
    ${commonDdl}; ${layout.ddl}; ${writeFunction.replace('{writeKeys}', layout.writeKeys)};
    GRANT USAGE ON SCHEMA ${schema} TO layout_user; GRANT ALL ON ALL TABLES IN SCHEMA ${schema} TO layout_user; GRANT ALL ON ALL SEQUENCES IN SCHEMA ${schema} TO layout_user`);
  const { rows } = await admin.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const postmaster = Number(readFileSync(`/proc/${rows[0]?.pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]);
  const target = new URL(url);
  target.username = 'layout_user';
  const pool = new Pool({
    connectionString: target.href,
    max: 8,
    options: `-c search_path=${schema} -c septum.rows=* -c plan_cache_mode=force_generic_plan`,
  });
  const bench = new Bench(pool, postmaster, layout);

  const queue = [...generate(Number(patientCount))];
  const fresh = [...generate(20, 99)].flat();
  const loaded = queue.flat();
  let next = 0;
  const cpu = postgresCpuMs(postmaster);
  const from = performance.now();
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      while (next < loaded.length) await bench.write(loaded[next++] as Sample);
    }),
  );
  console.log(
    `${layout.name}\tload of ${loaded.length}\t${((postgresCpuMs(postmaster) - cpu) / loaded.length).toFixed(3)} CPU-ms PostgreSQL each\t${((loaded.length / (performance.now() - from)) * 1000).toFixed(0)}/s`,
  );
  for (const step of ['VACUUM ANALYZE', 'CHECKPOINT']) await admin.query(step);
  const sizes = await admin.query<{ name: string; bytes: string }>(
    `SELECT relname AS name, pg_total_relation_size(c.oid) AS bytes FROM pg_class c WHERE relnamespace = '${schema}'::regnamespace AND relkind = 'r' ORDER BY 2 DESC`,
  );
  const perResource = sizes.rows.map(
    ({ name, bytes }) => [name, Math.round(Number(bytes) / loaded.length)] as const,
  );
  console.log(
    `${layout.name}\tdisk\t${perResource.reduce((sum, [, bytes]) => sum + bytes, 0)} B each: ${perResource.map(([name, bytes]) => `${name} ${bytes}`).join(', ')}`,
  );

  const random = randomFrom(7);
  const pick = (): Sample => loaded[Math.floor(random() * loaded.length)] as Sample;
  const patients = queue.map((batch) => batch[0] as Sample);
  await bench.measure('read', 8000, () => {
    const one = pick();
    return bench.search(
      'read',
      'SELECT version, last_updated, content FROM resource WHERE type = $1 AND id = $2',
      [one.type, one.id],
    );
  });
  await bench.measure('Patient family + birthdate', 4000, () => {
    const one = patients[Math.floor(random() * patients.length)] as Sample;
    const birth = one.ranges[0]?.low;
    return bench.search(
      'names',
      `SELECT r.id, r.version, r.last_updated, r.content FROM search_word w JOIN search_range d USING (item) JOIN resource r USING (item)
      WHERE w.key = $1 AND w.value >= $2 AND w.value < $3 AND d.key = $4 AND d.low >= $5 AND d.low < $6 AND d.high <= $6 AND NOT r.deleted ORDER BY r.id LIMIT 21`,
      [
        hash('Patient.family'),
        one.words[0]?.value,
        `${one.words[0]?.value}~`,
        hash('Patient.birthdate'),
        birth,
        (birth ?? 0) + 86_400_000,
      ],
    );
  });
  await bench.measure('Observation patient + code, newest 20', 4000, () =>
    bench.search('two', layout.newestOfTwoKeys, [
      'Observation',
      [hash(`Observation.patient|${pick().patient}`), hash('Observation.code|http://loinc.org|code0')],
    ]),
  );
  await bench.measure('Observation common code, newest 20', 1000, () =>
    bench.search('one', layout.newestOfOneKey, [
      'Observation',
      [hash('Observation.code|http://loinc.org|code0')],
    ]),
  );
  await bench.measure('Observation rare code, newest 20', 1000, () =>
    bench.search('rare', layout.newestOfRareKey, [
      'Observation',
      [hash('Observation.code|http://loinc.org|code110')],
    ]),
  );
  if (process.env['KEEP'] !== undefined) process.exit(0);
  await bench.measure('create', 2500, (round) =>
    bench.write(fresh[round < 0 ? fresh.length + round : round] as Sample),
  );
  await bench.measure('update', 2500, () => {
    const one = pick();
    return bench.write(one, one.content.replace('"f1"', '"g1"'));
  });
  await bench.measure('Observation patient + code, after the writes', 2000, () =>
    bench.search('two', layout.newestOfTwoKeys, [
      'Observation',
      [hash(`Observation.patient|${pick().patient}`), hash('Observation.code|http://loinc.org|code0')],
    ]),
  );
  await pool.end();
  await admin.query(`DROP SCHEMA ${schema} CASCADE`);
  await admin.end();
}

for (const layout of layouts.filter(({ name }) => only === '' || only.split(',').includes(name)))
  await runLayout(layout);
