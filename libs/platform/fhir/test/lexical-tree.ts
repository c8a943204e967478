/** JSON as objects in which every number is kept as it is written: an independent reader to compare texts by. */

type Reviver = (this: unknown, key: string, value: unknown, context?: { source?: string }) => unknown;

export function lexicalTree(text: string): Record<string, unknown> {
  const keepSource: Reviver = (_key, value, context) =>
    typeof value === 'number' ? `number ${context?.source}` : value;
  return JSON.parse(text, keepSource as (this: unknown, key: string, value: unknown) => unknown) as Record<
    string,
    unknown
  >;
}
