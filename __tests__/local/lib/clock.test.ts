import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { steadyNow } from "../../../local/lib/clock";

/** A thread whose system's clock stands elsewhere, and which says what time it is. */
const contents = `
  Date.now = () => 0;
  import("./local/lib/clock").then(({ steadyNow }) =>
    require("node:worker_threads").parentPort.postMessage(steadyNow()));
`;

test("all threads of the process have one time, whatever the system's clock is set to meanwhile", async () => {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: process.cwd() },
    bundle: true,
    write: false,
    platform: "node",
  });
  const before = steadyNow();
  const thread = new Worker(outputFiles[0]!.text, { eval: true });
  const [there] = (await once(thread, "message")) as [number];
  const after = steadyNow();
  expect(before).toBeLessThanOrEqual(there);
  expect(there).toBeLessThanOrEqual(after);
});
