import { join } from 'node:path';
import { packageRoot } from '#platform/fhir';

/** The folder of package.json, seen from this file's source or from what it was compiled to. */
export const checkout = packageRoot(import.meta.url);

/** The program as built; SEPTUM_TEST_PROGRAM: another build than that of the checkout. */
export const program = process.env['SEPTUM_TEST_PROGRAM'] ?? join(checkout, 'dist', 'program', 'septum.mjs');
