/** The folders that a synth reads: what `main.ts` imports, and the handlers that it bundles. */
export const sourceFolders = [
  "aws",
  "constructs",
  "contracts",
  "environments",
  "handlers",
  "lib",
  "stack-json",
  "stacks",
] as const;
