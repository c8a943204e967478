import { Inject, Injectable } from '@nestjs/common';
import { packCode, RuleBook, type RulePack } from '#platform/rules';
import { readTransitionRules } from './domain/read-transition-rules.ts';
import { builtInRules, type TransitionRules } from './domain/transition-rules.ts';

const read = new WeakMap<RulePack, TransitionRules>();

/** What a pack says of documents and notices; without one, the rules that Septum brings. */
export function rulesOf(pack: RulePack | undefined): TransitionRules {
  if (pack === undefined) return builtInRules;
  const rules = read.get(pack) ?? readTransitionRules(pack).rules;
  read.set(pack, rules);
  return rules;
}

/** The rules that decide about an instant: asked once for each decision, so that none is made by a mixture. */
@Injectable()
export class RulesInForce {
  readonly #book: RuleBook;

  constructor(@Inject(RuleBook) book: RuleBook) {
    this.#book = book;
  }

  /**
   * @param instant when it happened that is decided about: milliseconds since the epoch
   * @throws Fault `unavailable` while it is not known here what is in force then: the event is to come again
   */
  async at(instant: number): Promise<TransitionRules> {
    return rulesOf(await this.#book.inForce(instant));
  }

  /** Those of a pack as documents name it. Fault `not-found`. */
  async ofPack(code: string): Promise<TransitionRules> {
    if (code === packCode(builtInRules)) return builtInRules;
    const [name = '', version = ''] = code.split('|');
    return rulesOf(await this.#book.pack(name, version));
  }
}
