/**
 * What only the sources can tell: who imports whom, what the fields of a message are, and the sentence that stands
 * above a class or an event. Reads TypeScript by its own compiler.
 */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { filesBelow } from '../toolbox.mjs';

/** The sources of the libraries, specs left out: `{ path, library, tree }`, in the order of their paths. */
export function readSources(checkout) {
  return [...filesBelow(join(checkout, 'libs'))]
    .map((file) => relative(checkout, file))
    .filter((path) => /^libs\/.+\/src\/.+\.ts$/.test(path) && !path.endsWith('.spec.ts'))
    .map((path) => ({
      path,
      library: path.replace(/^libs\//, '').replace(/\/src\/.*$/, ''),
      tree: ts.createSourceFile(
        path,
        readFileSync(join(checkout, path), 'utf8'),
        ts.ScriptTarget.Latest,
        true,
      ),
    }));
}

/** Library → the doors it imports (`#platform/store`, `#medications/contract`), sorted. */
export function importsOf(sources) {
  const doors = new Map();
  for (const { library, tree } of sources) {
    const own = doors.get(library) ?? new Set();
    doors.set(library, own);
    for (const statement of tree.statements) {
      const from = ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement);
      const name = from ? statement.moduleSpecifier?.text : undefined;
      if (name?.startsWith('#')) own.add(name);
    }
  }
  return new Map([...doors].map(([library, names]) => [library, [...names].sort()]));
}

/** Classes by name: `{ path, says, fields: [{ name, type, optional, says }] }`, inherited fields first. */
export function classesOf(sources) {
  const classes = new Map();
  for (const { path, tree } of sources) {
    for (const declared of tree.statements) {
      if (!ts.isClassDeclaration(declared) || declared.name === undefined) continue;
      const name = declared.name.text;
      const found = { path, says: sayingOf(declared), parent: parentOf(declared), own: fieldsOf(declared) };
      classes.set(name, [...(classes.get(name) ?? []), found]);
    }
  }
  const only = (name) => {
    const [found, other] = classes.get(name) ?? [];
    if (other === undefined) return found;
    throw new Error(
      `Two classes are named ${name}: ${found.path}, ${other.path}. A message needs a name of its own.`,
    );
  };
  const fields = ({ parent, own }) => [...(only(parent) === undefined ? [] : fields(only(parent))), ...own];
  return {
    has: (name) => classes.has(name),
    get: (name) => only(name) && { says: only(name).says, fields: fields(only(name)) },
  };
}

/** Event pattern without its version (`encounters.encounter.discharged`) → the sentence above its declaration. */
export function eventSayingsOf(sources) {
  const sayings = new Map();
  for (const { tree } of sources) {
    for (const statement of tree.statements) {
      if (!ts.isVariableStatement(statement)) continue;
      for (const { initializer: call } of statement.declarationList.declarations) {
        if (call === undefined || !ts.isCallExpression(call) || call.expression.getText() !== 'eventType')
          continue;
        const [context, name] = call.arguments.map((argument) => argument.text);
        sayings.set(`${context}.${name}`, sayingOf(statement));
      }
    }
  }
  return sayings;
}

function parentOf(declared) {
  return declared.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types[0]
    ?.expression.text;
}

function fieldsOf(declared) {
  return declared.members.filter(ts.isPropertyDeclaration).map((member) => ({
    name: member.name.getText(),
    type: oneLine(member.type?.getText() ?? 'unknown'),
    optional: member.questionToken !== undefined,
    says: sayingOf(member),
  }));
}

/** The documentation comment, on one line. */
function sayingOf(node) {
  const [comment] = ts.getJSDocCommentsAndTags(node);
  return comment === undefined ? '' : oneLine(ts.getTextOfJSDocComment(comment.comment) ?? '');
}

function oneLine(text) {
  return text.replace(/\s+/g, ' ').replaceAll('*/', '').trim();
}
