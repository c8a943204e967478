import { declaredSettings, toolVariables } from './setting.ts';
import { Settings } from './settings.ts';

/** `docs/generated/settings.md`: every setting, from the declarations that the program itself reads. */
export function settingsReference(): string {
  const defaults: Readonly<Record<string, unknown>> = { ...new Settings() };
  const rows = declaredSettings().map(({ variable, property, says, defaultSays }) => {
    const byDefault =
      defaultSays ?? (defaults[property] === undefined ? 'none' : `\`${String(defaults[property])}\``);
    return `| ${variable === undefined ? '–' : `\`${variable}\``} | \`${property}\` | ${byDefault} | ${says} |`;
  });
  const tools = Object.entries(toolVariables).map(([variable, says]) => `| \`${variable}\` | ${says} |`);
  return [
    '# Settings',
    '',
    'Generated from `libs/platform/runtime/src/settings.ts`: change it there, then `npx septum settings > docs/generated/settings.md`.',
    '',
    'From the environment, or from `septum.yaml` in the working directory; the environment wins, a flag of the command line wins over both.',
    'An unknown `SEPTUM_` name or a bad value stops the start with one line.',
    '',
    '| environment | septum.yaml | default | what |',
    '|---|---|---|---|',
    ...rows,
    '',
    '## Of the scripts and tests of a checkout',
    '',
    '| environment | what |',
    '|---|---|',
    ...tools,
    '',
  ].join('\n');
}
