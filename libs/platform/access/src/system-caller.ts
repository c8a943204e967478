import type { Caller } from './caller.ts';

/** As whom a part does Septum's own work: hears events, asks for the state of others. */
export function systemCaller(part: string): Caller {
  const subject = `system/${part}`;
  return Object.freeze({
    subject,
    kind: 'system',
    client: subject,
    scopes: Object.freeze(['system/*.cruds']),
    purposeOfUse: 'HOPERAT',
    breakGlass: false,
  });
}
