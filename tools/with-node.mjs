/**
 * Runs a script under a Node that every library of Septum supports: the one at hand when it is 22 or newer,
 * else the pinned LTS, fetched once as an npm package into the tools cache.
 *
 *   node tools/with-node.mjs SCRIPT [ARGUMENT ...]
 */
import { spawn } from 'node:child_process';
import { suitableNode } from './toolbox.mjs';

const [script, ...rest] = process.argv.slice(2);
const child = spawn(await suitableNode(), [script, ...rest], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : code));
