import { fields, words } from '#platform/fhir';
import type { DischargeFacts } from './discharge-facts.ts';
import { hasCode, type Fact } from './fact.ts';

/** A PL has six levels, from the bed to the facility; a facility tree may have some more. Those beyond are not told. */
export const mostPlacesAround = 8;

/** `4W, room 401, bed 1`: a bed's number says nothing without those around it. A facility is told of as the institution. */
export function placeName(
  reference: unknown,
  { others }: Pick<DischargeFacts, 'others'>,
): string | undefined {
  const levels: Fact[] = [];
  let next = reference;
  while (levels.length <= mostPlacesAround) {
    const target = words(fields(next)['reference']);
    const place = others.find(({ type, id }) => type === 'Location' && `${type}/${id}` === target);
    if (place === undefined || levels.includes(place)) break;
    levels.push(place);
    next = place.fields['partOf'];
  }
  const told = levels.filter((place, at) => at === 0 || !hasCode(place.fields['physicalType'], 'si'));
  const said = told.toReversed().map(levelName).filter(Boolean).join(', ');
  return words(said) ?? words(fields(reference)['display']);
}

const kinds: readonly (readonly [code: string, kind: string])[] = [
  ['lvl', 'floor'],
  ['ro', 'room'],
  ['bd', 'bed'],
];

/** Rooms and beds mostly have a number for a name, wards and buildings a name. */
function levelName({ fields: place }: Fact): string | undefined {
  const name = words(place['name']);
  const [, kind] = kinds.find(([code]) => hasCode(place['physicalType'], code)) ?? [];
  if (name === undefined || kind === undefined || name.toLowerCase().includes(kind)) return name;
  return `${kind} ${name}`;
}
