import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { accessPage } from "./access/matrix";

/** Writes `docs/access/<system>.md` for each synthesized stack of dev that has functions. */
mkdirSync("docs/access", { recursive: true });
for (const stack of readdirSync("cdktf.out/stacks").sort()) {
  const [, system] = /^(.*)-dev$/.exec(stack) ?? [];
  const json = JSON.parse(readFileSync(`cdktf.out/stacks/${stack}/cdk.tf.json`, "utf8"));
  if (system === undefined || !json.resource.aws_lambda_function) continue;
  writeFileSync(`docs/access/${system}.md`, accessPage(system, json));
  console.log(`docs/access/${system}.md`);
}
