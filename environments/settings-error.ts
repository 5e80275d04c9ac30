/** Wrong settings, all that were found, each naming place, rule, value and remedy. Shown to people without a stack. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";

  constructor(readonly problems: readonly string[]) {
    super(problems.join("\n"));
  }
}
