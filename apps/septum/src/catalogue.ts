import { access } from '#access';
import { clinical } from '#clinical';
import { coverage } from '#coverage';
import { directory } from '#directory';
import { encounters } from '#encounters';
import { exchangeBetween } from '#exchange';
import { medications } from '#medications';
import { patients } from '#patients';
import { privacy } from '#privacy';
import { quality } from '#quality';
import { terminology } from '#terminology';
import { transitions } from '#transitions';
import type { ContextDefinition } from '#platform/runtime';

const neighbours: readonly ContextDefinition[] = [
  patients,
  directory,
  encounters,
  clinical,
  medications,
  transitions,
  coverage,
  quality,
  privacy,
  terminology,
  access,
];

/** The bounded contexts of Septum: the one place that lists them. The order is the order in which they start. */
export const catalogue: readonly ContextDefinition[] = [...neighbours, exchangeBetween(neighbours)];
