/** A place in a text that is being read. */
export class Cursor {
  constructor(
    protected readonly source: string,
    public position = 0,
  ) {}

  /** Passes what a sticky expression matches here. */
  protected match(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.position;
    const found = expression.exec(this.source);
    if (!found) return undefined;
    this.position = expression.lastIndex;
    return found;
  }

  protected space(): void {
    this.match(/\s*/y);
  }
}
