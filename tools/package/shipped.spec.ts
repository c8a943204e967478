import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from '@jest/globals';
import { checkout } from '#platform/testing';

it('the image and the one file have the same in them', async () => {
  const { shippedFolders } = (await import(
    pathToFileURL(join(checkout, 'tools', 'package', 'shipped.mjs')).href
  )) as { shippedFolders: () => string[] };
  const dockerfile = readFileSync(join(checkout, 'Dockerfile'), 'utf8');
  const copied = [...dockerfile.matchAll(/^COPY --from=build \/septum\/(\S+) /gm)].map(([, path]) => path);
  expect(copied.toSorted()).toEqual(['package.json', ...shippedFolders()].toSorted());
});
