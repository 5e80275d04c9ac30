import type { IConstruct } from "constructs";

/** A rule that holds or not, and what to say where it doesn't: `natGateways must be …, got …; fix`. */
export type Rule = readonly [holds: boolean, message: string];

/**
 * Has the rules looked at before anything is written. They see the finished tree, and all that fail are reported
 * together, each behind its construct's path.
 */
export function validate(scope: IConstruct, rules: () => readonly Rule[]): void {
  scope.node.addValidation({
    validate: () =>
      rules()
        .filter(([holds]) => !holds)
        .map(([, message]) => message),
  });
}

/** A rule for a setting that takes one of a few values. */
export function oneOf(setting: string, value: string | number, allowed: readonly (string | number)[]): Rule {
  return [
    allowed.includes(value),
    `${setting} must be one of ${allowed.join(", ")}, got ${value}; choose one of these`,
  ];
}

/** A rule for a whole number in a range, both ends included. */
export function between(setting: string, value: number, [least, most]: readonly [number, number]): Rule {
  const holds = Number.isInteger(value) && value >= least && value <= most;
  return [holds, `${setting} must be a whole number ${least}–${most}, got ${value}; choose one in this range`];
}
