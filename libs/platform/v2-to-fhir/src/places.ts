type Json = Readonly<Record<string, unknown>>;

/** Which entry of a place a message means, by what it says of it: those of the first status before those of the next. */
const meant: Readonly<Record<string, readonly unknown[]>> = {
  active: ['active', undefined, 'planned', 'reserved'],
  completed: ['active', undefined, 'completed'],
  planned: ['planned', 'reserved', undefined],
  reserved: ['reserved', 'planned', undefined],
};

/**
 * Encounter.location after a message: what it says of where the patient is, was, or will be, laid over the history. Each stay
 * in a place is an entry of its own: who comes back to a ward was there before, and is there again. Who is somewhere is no
 * longer where they were.
 *
 * @param at when the patient was moved, where the message is about that
 */
export function placesAfter(before: readonly Json[], now: readonly Json[], at: string | undefined): Json[] {
  const places = [...before];
  const spoken = new Set<number>();
  // Where the patient is, is found first: the place that was left may be of the same name.
  const isHere = ({ status }: Json): boolean => status === 'active';
  for (const item of [...now.filter(isHere), ...now.filter((each) => !isHere(each))]) {
    const found = entryOf(item, places, spoken);
    const index = found < 0 ? places.length : found;
    places[index] = during(places[index], item, at);
    spoken.add(index);
  }
  if (!now.some(isHere)) return places;
  return places.map((place, index) =>
    isHere(place) && !spoken.has(index) ? during(place, { status: 'completed' }, at) : place,
  );
}

function entryOf(item: Json, places: readonly Json[], spoken: ReadonlySet<number>): number {
  const place = JSON.stringify(item['location']);
  const open = (status: unknown): number =>
    places.findLastIndex(
      (each, index) =>
        !spoken.has(index) && each['status'] === status && JSON.stringify(each['location']) === place,
    );
  for (const status of meant[String(item['status'])] ?? [item['status']]) {
    const found = open(status);
    if (found >= 0) return found;
  }
  return -1;
}

/** An entry with what is said of it now, and since or until when that is so. */
function during(before: Json | undefined, now: Json, at: string | undefined): Json {
  const [was, is] = [before?.['status'], now['status']];
  const period = {
    ...(before?.['period'] as Json | undefined),
    ...(at !== undefined && is === 'active' && was !== 'active' && { start: at }),
    // Of a place that is only told of as left the message does not say until when.
    ...(at !== undefined && is === 'completed' && was === 'active' && { end: at }),
    ...(now['period'] as Json | undefined),
  };
  return { ...before, ...now, ...(Object.keys(period).length > 0 && { period }) };
}
