import { type FunctionDefinition, qualifiedVersion } from "../read/function-definition";
import type { LambdaFunction } from "./lambda-function";

/** The versions of a function that have been called: each has environments of its own. */
export class Versions {
  private readonly called = new Map<string, LambdaFunction>();

  constructor(
    private readonly definition: FunctionDefinition,
    private readonly build: (definition: FunctionDefinition) => LambdaFunction,
  ) {}

  get all(): readonly LambdaFunction[] {
    return [...this.called.values()];
  }

  /** By a version's number; an alias, which may draw one; or none, which is the latest. */
  of(qualifier: string | undefined): LambdaFunction | undefined {
    const version = qualifiedVersion(this.definition, qualifier, Math.random());
    if (version === undefined) return undefined;
    const known = this.called.get(version);
    if (known) return known;
    const made = this.build({ ...this.definition, version });
    this.called.set(version, made);
    return made;
  }

  retire(): void {
    for (const fn of this.all) fn.retire();
  }
}
