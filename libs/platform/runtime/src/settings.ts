import 'reflect-metadata';
import { IsArray, IsIn, IsObject, IsOptional, IsString, Matches, ValidateNested } from 'class-validator';
import { Setting } from './setting.ts';
import { MllpListenerSettings } from './mllp-listener-settings.ts';
import { WholeNumber } from './whole-number.ts';

export const profiles = ['demo', 'production'] as const;
export type Profile = (typeof profiles)[number];

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** What a database's address looks like. */
export const postgresUrl = /^postgres(ql)?:\/\//;

/** All that can be set from outside, from the environment or `septum.yaml`. Nothing else reads `process.env`. */
export class Settings {
  @Setting(
    'SEPTUM_PROFILE',
    '`demo`: demo data and a local sign-in; `production`: neither, and unsafe settings are refused by name.',
  )
  @IsIn(profiles)
  profile: Profile = 'demo';

  @Setting('SEPTUM_HTTP_PORT', 'TCP port of the FHIR API and the console; 0 takes a free one.')
  @WholeNumber(0, 65535)
  httpPort: number = 8080;

  @Setting('SEPTUM_HTTP_HOST', 'Address the HTTP port is bound to.', {
    defaultSays: '127.0.0.1 in demo, 0.0.0.0 in production',
  })
  @IsOptional()
  @IsString()
  @Matches(/^[\w.:-]+$/, { message: 'must be a host name or an address' })
  httpHost: string = '';

  @Setting(
    'SEPTUM_PUBLIC_URL',
    'Where clients reach this installation, without `/fhir/R4`; the same in every process. Links are made from it, and absolute references below it lead to own resources.',
    {
      defaultSays:
        'the URL it listens at (demo, where the edge is part of the process); required in production',
    },
  )
  @IsOptional()
  @Matches(/^https?:\/\/[A-Za-z0-9.\-:[\]]+(\/[\w.~-]+)*$/, {
    message: 'must be a URL such as https://fhir.hospital.example, without a slash at its end',
  })
  publicUrl?: string;

  @Setting(
    'SEPTUM_METRICS_PORT',
    'TCP port of `/metrics` in production, where it needs no token; in demo it is on the HTTP port, with one.',
  )
  @WholeNumber(0, 65535)
  metricsPort: number = 9464;

  @Setting('SEPTUM_MLLP_PORT', 'TCP port of the HL7 v2 interface (MLLP) on 127.0.0.1; 0 takes a free one.')
  @WholeNumber(0, 65535)
  mllpPort: number = 2575;

  @Setting(
    undefined,
    'Further HL7 v2 interfaces, for other senders, other character sets, or beyond this machine with TLS. What one has: `docs/operating.md`.',
  )
  @IsArray({ message: 'must be a list of listeners' })
  @ValidateNested({ each: true })
  mllpListeners: MllpListenerSettings[] = [];

  @Setting(
    'SEPTUM_V2_RETENTION_DAYS',
    'Days for which an HL7 v2 message is kept once it was applied, or dismissed; 0 keeps it for good. One that waits, was rejected or failed is kept until that is resolved.',
  )
  @WholeNumber(0, 36_500)
  v2RetentionDays: number = 90;

  @Setting('SEPTUM_DATA_DIR', 'Folder of the embedded PostgreSQL and of `run.json`.')
  @IsString()
  @Matches(/./, { message: 'must name a folder' })
  dataDir: string = './.septum';

  @Setting('SEPTUM_DATABASE_URL', 'The home database, and that of every context without one of its own.', {
    defaultSays: 'an embedded PostgreSQL in SEPTUM_DATA_DIR (demo)',
    secret: true,
  })
  @IsOptional()
  @Matches(postgresUrl, { message: 'must be a postgres:// URL' })
  databaseUrl?: string;

  /** Context (or `edge`) → URL. */
  @Setting(
    'SEPTUM_<CONTEXT>_DATABASE_URL',
    'The database of one context (or of `EDGE`), with its own login; all of them are required in production.',
    {
      defaultSays: 'SEPTUM_DATABASE_URL',
      secret: true,
    },
  )
  @IsObject()
  databaseUrls: Record<string, string> = {};

  @Setting(
    'SEPTUM_NATS_URL',
    'NATS server, or several with commas. With it every part also listens on NATS.',
    { secret: true },
  )
  @IsOptional()
  @Matches(/^(nats|tls|wss?):\/\//, { message: 'must be a nats:// URL' })
  natsUrl?: string;

  @Setting('SEPTUM_ONLY', 'The parts that run in this process, with commas.', { defaultSays: 'all' })
  @IsArray()
  @IsString({ each: true })
  only: string[] = [];

  @Setting('SEPTUM_EXCEPT', 'The parts that do not run in this process, with commas.', {
    defaultSays: 'none',
  })
  @IsArray()
  @IsString({ each: true })
  except: string[] = [];

  /** Read by `loadPartners`, which says what a partner is. */
  @Setting(
    undefined,
    'Other systems that Septum may call, a list; nothing else is called. What a partner has: `docs/operating.md`.',
  )
  @IsOptional()
  @IsArray({ message: 'must be a list of partners' })
  partners?: object[];

  @Setting('SEPTUM_PARTNERS_FILE', 'A YAML file with such a list, for containers; added to `partners`.')
  @IsOptional()
  @IsString()
  partnersFile?: string;

  @Setting('SEPTUM_DEMO_PATIENTS', 'Synthetic patients made at the first start of a demo; 0 for none.')
  @WholeNumber(0, 1_000_000)
  demoPatients: number = 50;

  @Setting('SEPTUM_LOG_LEVEL', `One of ${logLevels.join(', ')}.`, {
    defaultSays: '`warn` in demo, `info` in production',
  })
  @IsOptional()
  @IsIn(logLevels)
  logLevel?: LogLevel;

  @Setting('SEPTUM_POOL_SIZE', 'Database connections per context and process.')
  @WholeNumber(1, 200)
  poolSize: number = 6;

  @Setting(
    'SEPTUM_RATE_LIMIT',
    'Requests per second one client may send to one process, with bursts of twice that; 0 for no limit.',
  )
  @WholeNumber(0, 1_000_000)
  rateLimit: number = 2000;

  @Setting(
    'SEPTUM_DRAIN_MS',
    'Milliseconds between the end of readiness and the end of admission at shutdown, while answers carry `Connection: close`.',
  )
  @WholeNumber(0, 60_000)
  drainMs: number = 2500;
}
