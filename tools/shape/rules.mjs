/**
 * The rules of shape that no linter knows. Each takes the checkout's own files (`Map` of path → text) and yields
 * `{ path, line, message }` for each place that breaks it; `rules.spec.ts` plants one violation of each.
 */

const typescript = (path) => path.endsWith('.ts') && /^(apps\/septum|libs)\//.test(path);
const spec = (path) => /\.spec\.ts$|(^|\/)test\//.test(path) || path.startsWith('libs/platform/testing/');
const production = (path) => typescript(path) && !spec(path);

/** Yields every line that matches in the files that `where` admits. */
function* lines(files, where, pattern, message) {
  for (const [path, text] of files) {
    if (!where(path)) continue;
    const rows = text.split('\n');
    for (let row = 0; row < rows.length; row++)
      if (pattern.test(rows[row])) yield { path, line: row + 1, message };
  }
}

/** Yields every file that `where` admits and `breaks` condemns. */
function* whole(files, where, breaks, message) {
  for (const [path, text] of files) if (where(path) && breaks(text, path)) yield { path, line: 1, message };
}

const namesThatSayNothing = /(^|\/)(common|shared|core|utils?|helpers?|base|misc|lib)(\/|\.ts$)/;
const doors = /^libs\/(platform\/)?[^/]+\/src\/(contract\/)?index\.ts$/;

/** SQL in template literals or strings, one statement each. */
function* statements(text) {
  for (const [literal] of text.matchAll(/`[^`]*`|'[^'\n]*'/g)) yield* literal.slice(1, -1).split(';');
}

/** A lock that waits: one that skips what is locked cannot see anything change while it waits. */
const takesLock = /\bFOR (NO KEY )?(UPDATE|SHARE)\b(?!.{0,40}SKIP LOCKED)|\bpg_(try_)?advisory_(xact_)?lock/i;
const readsOrWrites = /\b(INSERT INTO|UPDATE \S+ SET|DELETE FROM|WITH (?!ORDINALITY)\w+ AS)\b/i;

export const rules = {
  'library-names': (files) =>
    whole(
      files,
      production,
      (_, path) =>
        namesThatSayNothing.test(path.replace(/^libs\/platform\//, '').replace(/^(apps|libs)\//, '')),
      'Name it for what it does.',
    ),

  'doors-only': (files) =>
    whole(
      files,
      (path) => production(path) && /(^|\/)index\.ts$/.test(path),
      (_, path) => !doors.test(path),
      'Only src/index.ts and src/contract/index.ts are doors; import the file itself.',
    ),

  'caller-first': (files) =>
    lines(
      files,
      production,
      /\(\s*(?!caller\b)[^()]*,\s*caller: Caller\b/,
      'The caller is the first argument.',
    ),

  'specification-url': (files) =>
    whole(
      files,
      (path) => production(path) && /\/(interactions|operations)\/[^/]+\.ts$/.test(path),
      (text) => !/^(\/\*\*?[^/]*?|\/\/[^\n]*?)https:\/\//.test(text),
      'The first comment of an interaction or operation gives the URL of its specification.',
    ),

  'settings-in-one-place': (files) =>
    lines(
      files,
      (path) => production(path) && !path.startsWith('libs/platform/runtime/src/settings'),
      /process\.env\b(?!\['PATH'\])/,
      'Settings are read and checked in libs/platform/runtime/src/settings.',
    ),

  'one-way-out': (files) =>
    lines(
      files,
      // The verbs are clients of Septum itself; runtime and edge answer by HTTP.
      (path) =>
        production(path) &&
        !/^(apps\/septum\/src\/verbs|libs\/platform\/(outbound|runtime|edge))\//.test(path),
      /(?<![.\w#])fetch\(|from '(node:https?|node:http2|undici|axios)'/,
      'Other systems are called by OutboundHttp of #platform/outbound, through a declared exit.',
    ),

  'one-way-out-by-mllp': (files) =>
    lines(
      files,
      (path) => production(path) && !/^libs\/platform\/(hl7v2|outbound)\//.test(path),
      /\bMllpClient\b/,
      'Other systems are told by OutboundMllp of #platform/outbound, through a declared exit.',
    ),

  'real-parts': (files) =>
    lines(
      files,
      (path) => spec(path) && path.endsWith('.ts') && !path.startsWith('tools/'),
      /\bjest\.(mock|fn|spyOn|unstable_mockModule)\b/,
      'We never mock our own code: use the real part, or inject the foreign one.',
    ),

  'every-test-runs': (files) =>
    lines(
      files,
      (path) => path.endsWith('.spec.ts') && !path.startsWith('tools/'),
      /\b(describe|it|test)\.(only|skip|todo|failing)\b|\bx(it|describe)\(/,
      'A test runs or it goes.',
    ),

  'no-loose-ends': (files) =>
    lines(
      files,
      (path) => typescript(path) || /^tools\/[^/]+\.mjs$/.test(path),
      /(\/\/|\*).*\b(TODO|FIXME|XXX|HACK)\b/,
      'Do it now, or file an issue.',
    ),

  'lock-before-read': (files) =>
    whole(
      files,
      production,
      (text) =>
        [...statements(text)].some((statement) => takesLock.test(statement) && readsOrWrites.test(statement)),
      'A lock goes into an earlier statement than the one that reads what it guards (docs/architecture.md, the store).',
    ),

  'no-workplace': (files) =>
    lines(
      files,
      (path) => !path.startsWith('tools/shape/') && path !== 'package-lock.json',
      /\/work\/(main|shared)|\.library\b|registry\.npmjs\.org/,
      'No path of one machine, and no host of a registry.',
    ),
};

/** All violations in the given files, in the order of the rules. */
export function violations(files) {
  return Object.entries(rules).flatMap(([rule, find]) =>
    [...find(files)].map((place) => ({ rule, ...place })),
  );
}
