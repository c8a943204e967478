/**
 * The search expressions of one type merged into one tree of properties, so that a resource is walked once.
 */
import { typeDefinition, type ElementDefinition } from './definitions.ts';
import { collector, type Collect } from './index-collectors.ts';
import type { IndexRun } from './index-values.ts';
import { parseReference } from './reference-value.ts';
import type { Step } from './search-expression.ts';

type Fields = Readonly<Record<string, unknown>>;
type Accepts = (value: unknown, run: IndexRun) => boolean;

interface Branch {
  readonly property: string;
  /** Only this item of a repeating element. */
  readonly index: number | undefined;
  readonly node: PlanNode;
}

/** What to do with the values found at one place of a resource. */
export class PlanNode {
  readonly collects: Collect[] = [];
  private readonly branches: Branch[] = [];
  private readonly filters: { readonly name: string; readonly accepts: Accepts; readonly node: PlanNode }[] =
    [];

  branch(property: string, index: number | undefined): PlanNode {
    let found = this.branches.find((each) => each.property === property && each.index === index);
    if (!found) this.branches.push((found = { property, index, node: new PlanNode() }));
    return found.node;
  }

  filter(name: string, accepts: Accepts): PlanNode {
    let found = this.filters.find((each) => each.name === name);
    if (!found) this.filters.push((found = { name, accepts, node: new PlanNode() }));
    return found.node;
  }

  visit(value: unknown, run: IndexRun): void {
    for (const collect of this.collects) collect(value, run);
    for (const { accepts, node } of this.filters) if (accepts(value, run)) node.visit(value, run);
    for (const { property, index, node } of this.branches) {
      const found = (value as Fields)[property];
      if (found === undefined || found === null) continue;
      if (!Array.isArray(found)) node.visit(found, run);
      else if (index !== undefined) node.visitItem(found[index], run);
      else for (const item of found) node.visitItem(item, run);
    }
  }

  private visitItem(item: unknown, run: IndexRun): void {
    if (item !== null && item !== undefined) this.visit(item, run);
  }
}

/** A cast takes subtypes too. https://hl7.org/fhirpath/N1/#oftypetype-type-specifier-collection */
const subtypes: Readonly<Record<string, readonly string[]>> = {
  uri: ['canonical', 'oid', 'url', 'uuid'],
  string: ['code', 'id', 'markdown'],
  integer: ['positiveInt', 'unsignedInt'],
  Quantity: ['Age', 'Count', 'Distance', 'Duration'],
};

/** A place in the tree, and what stands there. */
interface Position {
  readonly node: PlanNode;
  readonly type: string;
  readonly element?: ElementDefinition;
}

function elementOf(type: string, name: string): ElementDefinition | undefined {
  return typeDefinition(type)?.elements.find(
    (element) => element.name === name || element.name === `${name}[x]`,
  );
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** The type a reference leads to: as it says itself, else that of the contained resource it names. */
function targetType(value: unknown, run: IndexRun): string | undefined {
  const { reference, type } = value as Fields;
  if (typeof reference === 'string' && reference.startsWith('#')) {
    const contained = run.resource['contained'];
    const target = Array.isArray(contained)
      ? (contained as Fields[]).find(({ id }) => id === reference.slice(1))
      : undefined;
    return target?.['resourceType'] as string | undefined;
  }
  const named = typeof reference === 'string' ? parseReference(reference).type : undefined;
  return named ?? (typeof type === 'string' ? type : undefined);
}

function hasExtension(value: unknown, url: string): boolean {
  const { extension } = value as Fields;
  return Array.isArray(extension) && (extension as Fields[]).some((each) => each['url'] === url);
}

/** Where the path can lead: a choice element leads to each of its types until a cast picks one. */
function follow(root: PlanNode, type: string, path: readonly Step[]): Position[] {
  let positions: Position[] = [{ node: root, type }];
  for (const [at, step] of path.entries()) {
    const following = path[at + 1];
    const index = following?.kind === 'index' ? following.index : undefined;
    positions = positions.flatMap((position) => take(position, step, index));
  }
  return positions;
}

function field({ node, type }: Position, name: string, index: number | undefined): Position[] {
  const element = elementOf(type, name);
  if (!element) return [];
  return element.types.map((each) => {
    const property = element.isChoice ? name + capitalised(each) : name;
    return { node: node.branch(property, index), type: each, element };
  });
}

function take(position: Position, step: Step, index: number | undefined): Position[] {
  const { node, type } = position;
  switch (step.kind) {
    case 'field':
      return field(position, step.name, index);
    case 'index':
      return [position];
    case 'cast':
      return type === step.type || subtypes[step.type]?.includes(type) ? [position] : [];
    case 'resolves-to':
      return [
        {
          ...position,
          node: node.filter(`is ${step.type}`, (value, run) => targetType(value, run) === step.type),
        },
      ];
    case 'equals':
      return [
        {
          ...position,
          node: node.filter(
            `${step.name}=${step.value}`,
            (value) => (value as Fields)[step.name] === step.value,
          ),
        },
      ];
    case 'has-extension':
      return [
        { ...position, node: node.filter(`has ${step.url}`, (value) => hasExtension(value, step.url)) },
      ];
    case 'extension': {
      const extensions = node.branch('extension', undefined);
      const own = extensions.filter(`url=${step.url}`, (value) => (value as Fields)['url'] === step.url);
      // An extension itself says nothing to a search: its value is meant.
      return field({ node: own, type: 'Extension' }, 'value', undefined);
    }
  }
}

/** Adds one path of a parameter; answers the data types at its end that say nothing to the parameter's type. */
export function addPath(
  root: PlanNode,
  type: string,
  path: readonly Step[],
  parameter: { code: string; type: string },
): string[] {
  const silent: string[] = [];
  for (const { node, type: dataType, element } of follow(root, type, path)) {
    const collect = collector(parameter.type, dataType, parameter.code, element?.valueSet);
    if (collect) node.collects.push(collect);
    else silent.push(dataType);
  }
  return silent;
}

/** Adds a question about the whole resource, answered by `true` or `false`. */
export function addTruth(root: PlanNode, path: readonly Step[], parameter: string): void {
  const [step] = path;
  if (path.length !== 1 || step?.kind !== 'field')
    throw new Error('Only an element at the top of a resource can be asked for truth.');
  const properties = ['Boolean', 'DateTime'].map((suffix) => step.name + suffix);
  root.collects.push((value, run) => {
    const isTrue = properties.some(
      (property) => ![undefined, null, false].includes((value as Fields)[property] as never),
    );
    run.tokens.push({ parameter, code: String(isTrue) });
  });
}
