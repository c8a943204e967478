/**
 * Reads the small part of FHIRPath that R4's search parameters are written in.
 * https://hl7.org/fhir/R4/searchparameter-registry.html
 */

export type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'cast'; readonly type: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'resolves-to'; readonly type: string }
  | { readonly kind: 'equals'; readonly name: string; readonly value: string }
  | { readonly kind: 'has-extension'; readonly url: string }
  | { readonly kind: 'extension'; readonly url: string };

export type Expression =
  | { readonly kind: 'paths'; readonly paths: readonly (readonly Step[])[] }
  /** `X.exists() and X != false`: one answer for the whole resource. */
  | { readonly kind: 'is-true'; readonly path: readonly Step[] };

const functions: readonly [RegExp, (groups: string[]) => Step][] = [
  [/^where\(resolve\(\) is ([A-Za-z]+)\)/, ([type]) => ({ kind: 'resolves-to', type: type! })],
  [
    /^where\(([A-Za-z]+)\s*=\s*'([^']*)'\)/,
    ([name, value]) => ({ kind: 'equals', name: name!, value: value! }),
  ],
  [/^where\(hasExtension\('([^']*)'\)\)/, ([url]) => ({ kind: 'has-extension', url: url! })],
  [/^extension\('([^']*)'\)/, ([url]) => ({ kind: 'extension', url: url! })],
  [/^(?:as|ofType)\(([A-Za-z0-9]+)\)/, ([type]) => ({ kind: 'cast', type: type! })],
  [/^([A-Za-z]+)/, ([name]) => ({ kind: 'field', name: name! })],
];

/** The steps of `a.b.where(c='d')[0]`. */
function steps(path: string): Step[] {
  const found: Step[] = [];
  let rest = path;
  while (rest !== '') {
    const index = /^\[(\d+)\]\.?/.exec(rest);
    if (index) {
      found.push({ kind: 'index', index: Number(index[1]) });
      rest = rest.slice(index[0].length);
      continue;
    }
    const rule = functions
      .map(([pattern, make]) => ({ match: pattern.exec(rest), make }))
      .find(({ match }) => match);
    if (!rule?.match) throw new Error(`No search expression of R4 is written like this: ${path}`);
    found.push(rule.make(rule.match.slice(1)));
    rest = rest.slice(rule.match[0].length).replace(/^\./, '');
  }
  return found;
}

/** `(path as Type).more` is `path.as(Type).more`. */
function term(text: string): Step[] {
  const cast = /^\((.+?) as ([A-Za-z0-9]+)\)(?:\.(.+))?$/.exec(text);
  if (!cast) return steps(text);
  return [...steps(cast[1]!), { kind: 'cast', type: cast[2]! }, ...(cast[3] ? steps(cast[3]) : [])];
}

/** Of one type: a leading type name is taken off, what remains starts at the resource. */
export function parseExpression(expression: string, type: string): Expression {
  const fromRoot = (path: readonly Step[]): readonly Step[] => {
    const [first, ...rest] = path;
    return first?.kind === 'field' && (first.name === type || first.name === 'Resource') ? rest : path;
  };
  const truth = /^(\S+)\.exists\(\) and \1 != false$/.exec(expression);
  if (truth) return { kind: 'is-true', path: fromRoot(steps(truth[1]!)) };
  return { kind: 'paths', paths: expression.split(' | ').map((each) => fromRoot(term(each))) };
}
