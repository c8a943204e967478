/** The environment that settings are read from: nothing else of Septum looks at it. */
export function settingsEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}
