/**
 * The datatype maps that a table of rows cannot say: a value that becomes a chain of resources, or a URI that depends
 * on what this installation knows.
 */
import type { DatatypePlan } from './datatype-plan.ts';
import type { Part } from './part.ts';
import type { Compiler, Making } from './row-plan.ts';
import { universalUri } from './vocabulary.ts';
import { Draft, Leaf, Link, Many, type Node, type Tree } from './tree.ts';

/** HD as an identifier system: what the vocabulary knows of the namespace, its universal id, or the namespace itself. */
const authority: DatatypePlan = {
  make: (part, { vocabulary }) =>
    vocabulary.authority(part.component(1), part.component(2), part.component(3)),
};

/** EI as an identifier system: an HD from its second component on. */
const entityAuthority: DatatypePlan = {
  make: (part, { vocabulary }) =>
    part.component(2) === undefined && part.component(3) === undefined
      ? undefined
      : vocabulary.authority(part.component(2), part.component(3), part.component(4)),
};

/** The identifier systems of a whole country, such as the NPI: nobody's own. https://hl7.org/fhir/R4/identifier-registry.html */
const registered = /^2\.16\.840\.1\.113883\.4\./;

/** HD as the organization that assigns: what has a name and a universal id, and is no registered system. */
function assignerPlan(compiler: Compiler): DatatypePlan {
  const organization = compiler.datatype('HD[Organization]');
  return {
    make: (part, making) => {
      const universal = part.component(2);
      if (universal === undefined || registered.test(universal)) return undefined;
      const isOnlyAUri =
        part.component(1) === undefined && universalUri(universal, part.component(3)) !== undefined;
      return isOnlyAUri ? undefined : organization.make(part, making);
    },
  };
}

interface Level {
  readonly component: number;
  readonly physicalType?: string;
}

const locationTypes = 'http://terminology.hl7.org/CodeSystem/location-physical-type';

/** From the bed outwards. https://hl7.org/fhir/uv/v2mappings/STU1/ConceptMap-datatype-pl-to-location.html */
const levels: readonly Level[] = [
  { component: 3, physicalType: 'bd' },
  { component: 2, physicalType: 'ro' },
  { component: 1, physicalType: 'wa' },
  { component: 8, physicalType: 'lvl' },
  { component: 7, physicalType: 'bu' },
  { component: 4, physicalType: 'si' },
];

/** The same places as NDL has them. */
const workplaces: readonly Level[] = [
  { component: 6, physicalType: 'bd' },
  { component: 5, physicalType: 'ro' },
  { component: 4, physicalType: 'wa' },
  { component: 11, physicalType: 'lvl' },
  { component: 10, physicalType: 'bu' },
  { component: 7, physicalType: 'si' },
];

/** A location and, by `partOf`, those around it; the innermost is the one that is referred to. */
function locationPlan(places: readonly Level[], table: string, compiler: Compiler): DatatypePlan {
  const identifier = compiler.datatype('HD[Location-Identifier]');
  const make = (part: Part, making: Making): Tree | undefined => {
    let outer: Tree | undefined;
    for (const { component, physicalType } of places.toReversed()) {
      const made = identifier.make(part.inside(component), making);
      if (!(made instanceof Map)) continue;
      const leaf = (value: string): Leaf => new Leaf(value, making.origin, { row: table, component });
      const location: Tree = new Map<string, Node>(made);
      location.set('mode', leaf('instance'));
      // HL7 maps it to the identifier alone; people, and US Core, look for a name.
      const name = part.inside(component).component(1);
      if (name !== undefined) location.set('name', leaf(name));
      const status = places === workplaces ? statuses[part.component(8)?.toLowerCase() ?? ''] : undefined;
      if (status) location.set('status', new Leaf(status, making.origin, { row: table, component: 8 }));
      if (physicalType) location.set('physicalType', coded(leaf(locationTypes), leaf(physicalType)));
      if (outer) location.set('partOf', linkTo('Location', outer));
      outer = location;
    }
    if (outer && places === levels) describe(outer, part, making);
    return outer;
  };
  const assigner = compiler.datatype('HD[Organization]');
  /** PL.5, PL.9 to PL.11: what is said of the innermost place. */
  function describe(location: Tree, part: Part, making: Making): void {
    const say = (name: string, component: number, value: string | undefined): void => {
      if (value) location.set(name, new Leaf(value, making.origin, { row: table, component }));
    };
    say('status', 5, statuses[part.component(5)?.toLowerCase() ?? '']);
    say('description', 9, part.component(9));
    const entity = part.component(10);
    const identifiers = location.get('identifier');
    if (!entity || !(identifiers instanceof Many)) return;
    const identifier: Tree = new Map<string, Node>([
      ['value', new Leaf(entity, making.origin, { row: table, component: 10 })],
    ]);
    const by = assigner.make(part.inside(11), making);
    if (by instanceof Map) identifier.set('assigner', linkTo('Organization', by));
    identifiers.items.set('entity', identifier);
  }
  return { make };
}

/** PL.5 as a Location has it. https://terminology.hl7.org/CodeSystem-v2-0306.html */
const statuses: Readonly<Record<string, string>> = {
  active: 'active',
  inactive: 'inactive',
  suspended: 'suspended',
};

function coded(system: Leaf, code: Leaf): Tree {
  const codings = new Many();
  codings.items.set(
    '',
    new Map<string, Node>([
      ['system', system],
      ['code', code],
    ]),
  );
  return new Map<string, Node>([['coding', codings]]);
}

function linkTo(type: string, content: Tree): Link {
  const draft = new Draft(type);
  for (const [name, node] of content) draft.content.set(name, node);
  return new Link(draft);
}

export const builtins: Readonly<Record<string, (compiler: Compiler) => DatatypePlan>> = {
  'HD[uri]': () => authority,
  'EI[uri]': () => entityAuthority,
  'HD[Organization-Authority]': assignerPlan,
  'PL[Location]': (compiler) => locationPlan(levels, 'PL[Location]', compiler),
  'NDL[Location]': (compiler) => locationPlan(workplaces, 'NDL[Location]', compiler),
};
