import { layered, officialTables, type Tables } from '../tables.ts';
import { authorities } from './authorities.ts';
import { codeSystems } from './code-systems.ts';
import { datatypes } from './datatypes.ts';
import { segments } from './segments.ts';
import { messages } from './messages.ts';
import { codeMaps } from './code-maps.ts';

/** What we lay over HL7's tables: their slips corrected, their choices made, their gaps filled. */
const ownTables: Tables = { messages, segments, datatypes, codeMaps, codeSystems, authorities };

/** HL7's tables with ours over them, and those of a site over both. */
export function usualTables(site: Partial<Tables> = {}): Tables {
  return layered(layered(officialTables(), ownTables), site);
}
