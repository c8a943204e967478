/**
 * npm start: installs and builds what is missing, then serves everything in one process. Arguments go to `septum serve`
 * (`npm start -- --profile production`).
 */
import { ensureBuilt, ensureInstalled, exitOf, program, suitableNode } from './toolbox.mjs';

ensureInstalled();
await ensureBuilt();
const node = await suitableNode();
const args = ['serve', ...process.argv.slice(2)];
if (node === process.execPath) {
  // One process less between the terminal and the server.
  process.argv.splice(1, process.argv.length, program, ...args);
  await import(program);
} else {
  // As package.json starts this file: the room for young objects is what it is from the start, and does not grow.
  const room = ['--min-semi-space-size=16', '--max-semi-space-size=16'];
  process.exitCode = await exitOf(node, [...room, program, ...args]);
}
