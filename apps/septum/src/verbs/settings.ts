import { settingsReference } from '#platform/runtime';
import { verb } from './verb.ts';

/** Prints the reference of all settings: `docs/generated/settings.md` is this. */
export function settingsVerb() {
  return verb(
    'settings',
    'print the reference of all settings',
    (command) => command,
    async (_options, told) => {
      const text = settingsReference();
      told.answer(text.trimEnd(), { markdown: text });
    },
  );
}
