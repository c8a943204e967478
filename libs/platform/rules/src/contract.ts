import { IsIn, IsInt, IsOptional, IsString, MaxLength, Min } from 'class-validator';
import { contract } from '#platform/messaging';
import type { Issue } from '#platform/fhir';

/** Asks what is wrong with the pack in `texts[0]`, by the rules of the context that is asked. */
export class CheckRules {}

/** Keeps the pack in `texts[0]`. Fault `conflict` when another content has its name and version. */
export class HoldRules {}

/** A change that may come; the text is the pack, absent for a retirement. Answered once it is noted durably. */
export class NoteRuleChange {
  @IsInt() @Min(1) position!: number;
  @IsInt() at!: number;
  @IsString() @MaxLength(63) name!: string;
  @IsOptional() @IsString() @MaxLength(32) version?: string;
  @IsOptional() @IsInt() until?: number;
}

/** What became of it. */
export class SettleRuleChange {
  @IsInt() @Min(1) position!: number;
  @IsIn(['settled', 'void']) state!: 'settled' | 'void';
}

/** What a context answers that decides by rules and is told of them by another. */
export function ruleContracts(context: string) {
  return {
    check: contract<CheckRules, readonly Issue[]>(context, 'rules.check', CheckRules, { idempotent: true }),
    hold: contract<HoldRules, object>(context, 'rules.hold', HoldRules, { idempotent: true }),
    note: contract<NoteRuleChange, object>(context, 'rules.note', NoteRuleChange, { idempotent: true }),
    settle: contract<SettleRuleChange, object>(context, 'rules.settle', SettleRuleChange, {
      idempotent: true,
    }),
  };
}
