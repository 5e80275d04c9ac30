/** Options of Node.js that a thread has of its own (nodejs.org, Command-line API, NODE_OPTIONS). */
const ofThreads: ReadonlySet<string> = new Set([
  ...["--enable-source-maps", "--dns-result-order", "--no-warnings", "--trace-warnings"],
  ...["--no-deprecation", "--trace-deprecation", "--throw-deprecation"],
]);

/** The first option in a function's `NODE_OPTIONS` that its thread would not have; undefined if there is none. */
export function optionOfProcesses(nodeOptions: string): string | undefined {
  const options = nodeOptions.split(/\s+/).filter((part) => part.startsWith("-"));
  return options.map((option) => option.replace(/=.*$/, "")).find((name) => !ofThreads.has(name));
}
