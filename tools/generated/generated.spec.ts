import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { exit } from '#platform/outbound';
import { operation, type ContextDefinition } from '#platform/runtime';
import { catalogue } from '../../apps/septum/src/catalogue.ts';
import { drift, write } from './compare.mjs';
import { httpControllers } from './http-controllers.mjs';
import { pagesOf } from './pages.mjs';
import { classesOf, readSources } from './sources.mjs';

const sources = readSources(process.cwd());

function pages(contexts: readonly ContextDefinition[]): Map<string, string> {
  return pagesOf({ catalogue: contexts, controllers: httpControllers(contexts), sources });
}

/** The catalogue in which one context is another than it was. */
function changed(name: string, change: Partial<ContextDefinition>): readonly ContextDefinition[] {
  return catalogue.map((context) => (context.name === name ? { ...context, ...change } : context));
}

describe('the generated pages', () => {
  let folder: string;
  const now = pages(catalogue);

  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'septum-generated-')), 'pages');
    write(folder, now);
  });
  afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

  const named = (contexts: readonly ContextDefinition[]): (string | undefined)[] =>
    drift(folder, pages(contexts)).map((sentence) => /(\w+\.md)/.exec(sentence)?.[1]);

  it('are the same however often they are made', () => {
    expect(drift(folder, pages(catalogue))).toEqual([]);
  });

  it('show the file and the line of a planted change, and what to run', () => {
    const text = now.get('events.md')!.split('\n');
    writeFileSync(join(folder, 'events.md'), [...text.slice(0, 4), 'planted', ...text.slice(5)].join('\n'));
    const remedy = 'Run: node tools/generated.mjs';
    expect(drift(folder, now)).toEqual([
      `${join(folder, 'events.md')}:5 is not what the code says now. ${remedy}`,
    ]);
  });

  it('show a file that is missing, and one that is left over', () => {
    rmSync(join(folder, 'routes.md'));
    writeFileSync(join(folder, 'planted.md'), '');
    const [missing, left] = drift(folder, now);
    expect(missing).toMatch(/routes\.md is missing/);
    expect(left).toMatch(/planted\.md is no longer generated/);
    write(folder, now);
    expect(drift(folder, now)).toEqual([]);
  });

  it('change with a type, a need, an operation, an event, a listener and an exit', () => {
    expect(named(changed('patients', { types: ['Patient'] }))).toEqual(['modules.md']);
    expect(named(changed('patients', { needs: ['directory'] }))).toEqual(['modules.md']);
    const planted = operation('patients', {
      name: 'planted',
      level: 'system',
      readOnly: true,
      documentation: '.',
    });
    expect(named(changed('patients', { operations: [planted] }))).toEqual([
      'contracts.md',
      'modules.md',
      'routes.md',
    ]);
    expect(named(changed('encounters', { publishes: [] }))).toEqual(['events.md', 'modules.md']);
    const way = exit('patients', { name: 'planted', kind: 'fhir', action: 'E', documentation: '.' });
    expect(named(changed('patients', { exits: [way] }))).toEqual(['exits.md']);
    expect(named(changed('transitions', { controllers: [] }))).toEqual(['events.md', 'modules.md']);
  });

  it('tell of every contract and event that a context declares', () => {
    for (const { operations = [], contracts = [], publishes = [], hears = [] } of catalogue) {
      for (const { pattern } of [...operations.map((each) => each.contract), ...contracts])
        expect(now.get('contracts.md')).toContain(`\`${pattern}\``);
      for (const { pattern } of [...publishes, ...hears])
        expect(now.get('events.md')).toContain(`\`${pattern}\``);
    }
  });

  it('are refused when the name of a message stands for two classes', () => {
    const [source] = sources.filter(({ path }) => path.endsWith('contract/encounter-events.ts'));
    const classes = classesOf([source!, { ...source!, path: 'libs/planted/src/contract/events.ts' }]);
    expect(() => classes.get('EncounterEvent')).toThrow(/Two classes are named EncounterEvent: .*planted/);
  });
});
