/** Where the program begins: what V8 compiles of it is kept beside it, where that may be written, and else made again each time. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

enableCompileCache(join(import.meta.dirname, '.compiled'));
await import('./main.ts');
