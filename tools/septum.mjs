#!/usr/bin/env node
/** The `septum` command: in a checkout it builds first what changed. Its own lines go to stderr, so `septum token` stays clean. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, ensureBuilt, ensureInstalled, exitOf, program, suitableNode } from './toolbox.mjs';

// An installed or containerised Septum comes built and without its sources.
if (existsSync(join(checkout, 'tsconfig.build.json'))) {
  ensureInstalled();
  await ensureBuilt();
}
const node = await suitableNode();
if (node === process.execPath) {
  process.argv[1] = program;
  await import(program);
} else {
  process.exitCode = await exitOf(node, [program, ...process.argv.slice(2)], { cwd: process.cwd() });
}
