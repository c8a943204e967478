/** The ward in a process of its own, so that a spec can kill it: prints `ready`, then serves until it is ended. */
import { decodePublicKey } from '#platform/access';
import { Ward } from './ward-house.ts';

const [natsUrl, keyId, publicKey] = process.argv.slice(2) as [string, string, string];
const key = { keyId, part: 'edge', purpose: 'caller' as const, publicKey: decodePublicKey(publicKey) };
await Ward.open({ natsUrl, verifyWith: [key] });
process.stdout.write('ready\n');
