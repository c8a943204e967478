import { catalogue } from './catalogue.ts';

export const contextNames: readonly string[] = catalogue.map(({ name }) => name);

/** All parts of Septum: the edge, which is none of the contexts, and these. */
export const parts: readonly string[] = ['edge', ...contextNames];
