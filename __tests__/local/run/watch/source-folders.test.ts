import { join } from "node:path";
import { build } from "esbuild";
import { sourceFolders } from "../../../../local/run/watch/source-folders";
import { filesBelow } from "../../../support/files-below";

test("what a synth reads is in the folders that are watched", async () => {
  const root = join(__dirname, "../../../..");
  const handlers = filesBelow(join(root, "handlers")).filter((file) => file.endsWith(".ts"));
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["main.ts", ...handlers],
    bundle: true,
    packages: "external",
    platform: "node",
    metafile: true,
    write: false,
    outdir: "out",
  });
  const folders = Object.keys(metafile.inputs).flatMap((file) => file.split("/").slice(0, -1)[0] ?? []);
  expect([...new Set(folders)].sort()).toEqual([...sourceFolders]);
});
