import "./constructs/early-bundles";
import { synth } from "./constructs/synth";
import { environmentNamed } from "./environments";
import { RecordsStack } from "./stacks/records-stack";

void synth((app) => {
  const environment = environmentNamed(process.env["ENVIRONMENT"] ?? "dev");
  new RecordsStack(app, environment);
});
