/**
 * Runs a script under a Node that every library of Septum supports: the one at hand when it is 22 or newer,
 * else the pinned LTS, fetched once as an npm package into the tools cache.
 *
 *   node tools/with-node.mjs SCRIPT [ARGUMENT ...]
 */
import { exitOf, suitableNode } from './toolbox.mjs';

process.exitCode = await exitOf(await suitableNode(), process.argv.slice(2));
