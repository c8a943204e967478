/** The declaration of settings: one decorator, from which reading, refusing and the reference all follow. */

export interface SettingDeclaration {
  /** Absent for what only `septum.yaml` can say. */
  readonly variable: string | undefined;
  /** The property of {@link Settings}, and the key in `septum.yaml`. */
  readonly property: string;
  /** One sentence for the reference, with the unit when there is one. */
  readonly says: string;
  /** The default as the reference tells it, when it depends on something. */
  readonly defaultSays?: string;
  /** Never shown by `doctor`, never logged. */
  readonly secret: boolean;
}

const declarations: SettingDeclaration[] = [];

/** Declares a property of {@link Settings} as a setting; class-validator decorators beside it say what is valid. */
export function Setting(
  variable: string | undefined,
  says: string,
  options: { readonly defaultSays?: string; readonly secret?: boolean } = {},
): PropertyDecorator {
  return (_target, property) => {
    declarations.push({
      variable,
      property: String(property),
      says,
      secret: options.secret ?? false,
      ...options,
    });
  };
}

/** Every declared setting, in the order of declaration. */
export function declaredSettings(): readonly SettingDeclaration[] {
  return declarations;
}

/** Variables that belong to the checkout's scripts and tests; the program lets them be. */
export const toolVariables: Readonly<Record<string, string>> = {
  SEPTUM_NATS_SERVER:
    'The nats-server that tests and `demo split` run; else PATH, the tools cache, or one is obtained.',
  SEPTUM_TOOLS_CACHE:
    'Where fetched programs are kept, and what the one file unpacks; default `~/.cache/septum/tools`.',
  SEPTUM_TEST_DATA: 'The folder of test data; default `../shared`.',
  SEPTUM_TEST_TOPOLOGY:
    'The topology in which the behaviour suite runs: one, medications-out, all-out, two-copies.',
  SEPTUM_TEST_LENGTH: '`long` for `npm run verify`: specs that have a long form run it.',
  SEPTUM_TEST_DATABASE_URL:
    'A PostgreSQL server for the behaviour suite, on which it makes databases of its own.',
  SEPTUM_TEST_TEMPLATE: 'A migrated database on that server, of which they are copies.',
};
