import { join, sep } from 'node:path';

const here = import.meta.dirname;

/** The folder of package.json, seen from this file's source or from what it was compiled to. */
export const checkout = join(
  here,
  '..',
  '..',
  '..',
  '..',
  ...(here.includes(`${sep}dist${sep}`) ? ['..'] : []),
);
