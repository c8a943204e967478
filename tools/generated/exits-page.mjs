/** `exits.md`: for what Septum calls other systems. */
import { code, head, page, table } from './markdown.mjs';

export function exitsPage({ contexts }) {
  const exits = contexts.flatMap(({ name, exits: own }) => own.map((each) => ({ ...each, context: name })));
  return page([
    ...head('Exits', 'the exits that contexts declare'),
    'Everything that Septum asks or tells another system, over HTTP or MLLP, leaves by one of these, and only to a partner that',
    'the operator declared, of the kind named here. The audit record of the context says to whom and by which exit, before',
    'anything of a patient leaves.',
    '',
    ...table(
      ['context', 'exit', 'to partners of kind', 'recorded as', 'what leaves, and when'],
      exits.map(({ context, name, kind, action, documentation }) => [
        code(context),
        code(name),
        code(kind),
        { R: 'R: read, and disclosed', E: 'E: searched elsewhere' }[action],
        documentation,
      ]),
    ),
  ]);
}
