/** The name of a parameter as an error may repeat it: a name that the client made up could be anything, also of a person. */
export function printableName(name: string): string {
  return /^[A-Za-z0-9_.:$-]{1,64}$/.test(name) ? name : '(not a parameter name)';
}
