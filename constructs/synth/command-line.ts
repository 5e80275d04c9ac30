/** Whether source maps are wanted: a bundle can be made again from its commit, and its map with it. */
export const sourceMapsWanted = process.argv.includes("--source-maps");

/** The systems to synthesize: `SYSTEMS=records,items`. None named means all. */
export const wantedSystems = (process.env["SYSTEMS"] ?? "").split(",").filter((name) => name !== "");

/** Whether the account stack keeps its state on this machine, for as long as the bucket for it is not there. */
export const accountStateIsLocal = process.env["ACCOUNT_STATE"] === "local";

/** Whether there is no account: then stacks are for a plan on this machine, and nothing of AWS is asked. */
export const planWithoutAccount = process.env["ACCOUNT"] === "none";

/** Whether a system is wanted; what stands beside it is left out, which is how one system starts fast. */
export const isWanted = (system: string): boolean => wantedSystems.length === 0 || wantedSystems.includes(system);

/** Whether esbuild is the project's own and looks in no other places. (esbuild API: Node paths) */
export const esbuildIsOwn = process.env["NODE_PATH"] === undefined && process.env["ESBUILD_BINARY_PATH"] === undefined;
