import type { IConstruct } from "constructs";

/** A rule that is met or not, and the message where it is not: `natGateways must be …, got …; fix`. */
export type Rule = readonly [isMet: boolean, message: string];

/**
 * Registers rules that are validated before anything is written. They see the finished tree, and all that fail are
 * reported together, each after its construct's path.
 */
export function validate(scope: IConstruct, rules: () => readonly Rule[]): void {
  scope.node.addValidation({
    validate: () =>
      rules()
        .filter(([isMet]) => !isMet)
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
  const isMet = Number.isInteger(value) && value >= least && value <= most;
  return [isMet, `${setting} must be a whole number ${least}–${most}, got ${value}; choose one in this range`];
}
