import type { Issue } from './fault.ts';

const plainName = /^[A-Za-z_][A-Za-z0-9]{0,63}$/;

/** More issues than anyone reads; the rest of a resource that bad is not looked at. */
const mostIssues = 100;

/** One resource being validated: where the validation stands, and what it found. */
export class ValidationRun {
  readonly issues: Issue[] = [];
  /** From the root: the type, then names and indexes. */
  readonly path: (string | number)[];

  constructor(type: string) {
    this.path = [type];
  }

  get isFull(): boolean {
    return this.issues.length >= mostIssues;
  }

  /** `diagnostics` says what to do; it quotes names of elements and codes of the specification, never a value. */
  report(code: string, diagnostics: string): void {
    if (!this.isFull)
      this.issues.push({ severity: 'error', code, diagnostics, expression: this.expression() });
  }

  reportAt(name: string, code: string, diagnostics: string): void {
    this.path.push(name);
    this.report(code, diagnostics);
    this.path.pop();
  }

  private expression(): string {
    let expression = '';
    for (const step of this.path) {
      if (typeof step === 'number') expression += `[${step}]`;
      else if (expression === '') expression = step;
      // A name that the client made up may hold anything: only what looks like a name is repeated.
      else if (plainName.test(step)) expression += `.${step}`;
    }
    return expression;
  }
}
