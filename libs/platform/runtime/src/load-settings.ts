import { validateSync, type ValidationError } from 'class-validator';
import { parse } from 'yaml';
import { Fault } from '#platform/fhir';
import { MllpListenerSettings } from './mllp-listener-settings.ts';
import { declaredSettings, toolVariables, type SettingDeclaration } from './setting.ts';
import { postgresUrl, Settings } from './settings.ts';

export interface SettingsSources {
  /** What the command line says, as properties of {@link Settings}; wins over the environment. */
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The text of `septum.yaml`; the environment wins over it. */
  readonly file?: string;
  /** All parts there are: each may have a database of its own. */
  readonly parts: readonly string[];
}

const databaseVariable = /^SEPTUM_([A-Z]+)_DATABASE_URL$/;

/** The settings of this process; a fault with one line that names the first thing wrong. */
export function loadSettings(sources: SettingsSources): Settings {
  const settings = Object.assign(
    new Settings(),
    fromFile(sources),
    fromEnvironment(sources),
    given(sources.flags ?? {}),
  );
  settings.httpHost ||= settings.profile === 'demo' ? '127.0.0.1' : '0.0.0.0';
  settings.logLevel ??= settings.profile === 'demo' ? 'warn' : 'info';
  if (Array.isArray(settings.mllpListeners))
    settings.mllpListeners = settings.mllpListeners.map((each) =>
      Object.assign(new MllpListenerSettings(), each),
    );
  const [wrong] = validateSync(settings, {
    stopAtFirstError: true,
    whitelist: true,
    forbidNonWhitelisted: true,
  });
  if (wrong !== undefined) {
    const declared = declaredSettings().find(({ property }) => property === wrong.property);
    throw refusal(
      `${declared?.variable ?? wrong.property}${shown(declared, wrong.value)}: ${problemOf(wrong)}.`,
    );
  }
  const names = ['mllp', ...settings.mllpListeners.map(({ name }) => name)];
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined)
    throw refusal(`mllpListeners: two are named ${twice}, or the usual one is. Give each a name of its own.`);
  const half = settings.mllpListeners.find(hasHalfOfTls);
  if (half !== undefined)
    throw refusal(
      `mllpListeners: ${half.name} would be in the clear, though it names files for TLS. TLS, with clientAuthoritiesFile or without, needs both certificateFile and keyFile.`,
    );
  for (const [context, url] of Object.entries(settings.databaseUrls)) {
    if (!postgresUrl.test(url))
      throw refusal(
        `SEPTUM_${context.toUpperCase()}_DATABASE_URL (its value is secret): must be a postgres:// URL.`,
      );
    if (!sources.parts.includes(context))
      throw refusal(
        `There is no part named ${context} to have a database. Parts: ${sources.parts.join(', ')}.`,
      );
  }
  return Object.freeze(settings);
}

/** What is wrong with it, or with the first thing in it: `[0].port must be …`. */
function problemOf({ constraints, children = [] }: ValidationError): string {
  const [inner] = children;
  if (inner === undefined) return Object.values(constraints ?? {})[0] ?? 'is not valid';
  const place = /^\d+$/.test(inner.property) ? `[${inner.property}]` : `.${inner.property}`;
  return `${place} ${problemOf(inner)}`.replace(/(\]) (?=\.)/, '$1');
}

function fromEnvironment(sources: SettingsSources): Partial<Settings> {
  const found: Record<string, unknown> = {};
  const databaseUrls: Record<string, string> = {};
  for (const [name, text] of Object.entries(sources.environment)) {
    if (!name.startsWith('SEPTUM_') || text === undefined || Object.hasOwn(toolVariables, name)) continue;
    const declared = declaredSettings().find(({ variable }) => variable === name);
    const context = databaseVariable.exec(name)?.[1]?.toLowerCase();
    if (declared !== undefined) found[declared.property] = converted(declared, text);
    else if (context !== undefined && sources.parts.includes(context)) databaseUrls[context] = text;
    else
      throw refusal(
        `${name} is not a setting of Septum. Known: ${declaredSettings()
          .flatMap(({ variable }) => variable ?? [])
          .join(', ')}.`,
      );
  }
  if (Object.keys(databaseUrls).length > 0) found['databaseUrls'] = databaseUrls;
  return found;
}

function fromFile({ file }: SettingsSources): Partial<Settings> {
  if (file === undefined) return {};
  const content: unknown = parse(file) ?? {};
  if (typeof content !== 'object' || Array.isArray(content))
    throw refusal('septum.yaml must hold settings as `name: value` lines.');
  const known = declaredSettings().map(({ property }) => property);
  const unknown = Object.keys(content ?? {}).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw refusal(`septum.yaml: ${unknown} is not a setting of Septum. Known: ${known.join(', ')}.`);
  return content as Partial<Settings>;
}

/** Text of the environment, as the property's type wants it; what cannot be converted stays text and is refused by the property's rule. */
function converted({ property }: SettingDeclaration, text: string): unknown {
  const type: unknown = Reflect.getMetadata('design:type', Settings.prototype, property);
  if (type === Number) return /^-?\d+$/.test(text.trim()) ? Number(text) : text;
  if (type === Array)
    return text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  return text === '' ? undefined : text;
}

function given(flags: Readonly<Record<string, unknown>>): Partial<Settings> {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
}

function shown(declared: SettingDeclaration | undefined, value: unknown): string {
  // What stands in `septum.yaml` alone is more than a value, and may hold what belongs into a file.
  if (declared?.variable === undefined) return '';
  return declared.secret ? ' (its value is secret)' : ` is ${JSON.stringify(value)}`;
}

function refusal(message: string): Fault {
  return new Fault('bad-parameter', message);
}

/** What is declared for TLS and would not lead to it. */
function hasHalfOfTls({ certificateFile, keyFile, clientAuthoritiesFile }: MllpListenerSettings): boolean {
  const files = [certificateFile, keyFile];
  const given = files.filter((file) => file !== undefined).length;
  return given === 1 || (given === 0 && clientAuthoritiesFile !== undefined);
}
