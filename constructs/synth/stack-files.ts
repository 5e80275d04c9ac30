import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ISynthesisSession, TerraformStack } from "cdktf";

/**
 * Has files (path below the output folder → contents) written with a stack's JSON. Whatever else is in their folders goes,
 * but for the stack's own, which Terraform works in.
 */
export function writeOnSynth(stack: TerraformStack, files: ReadonlyMap<string, () => Uint8Array>): void {
  const { synthesizer } = stack;
  stack.synthesizer = {
    synthesize: (session: ISynthesisSession) => {
      synthesizer.synthesize(session);
      const own = join("stacks", stack.node.id);
      for (const folder of new Set([...files.keys()].map(dirname))) {
        if (folder !== own) rmSync(join(session.outdir, folder), { recursive: true, force: true });
        mkdirSync(join(session.outdir, folder), { recursive: true });
      }
      for (const [path, contents] of files) writeFileSync(join(session.outdir, path), contents());
    },
  };
}
