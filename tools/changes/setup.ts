import { isDeepStrictEqual } from "node:util";
import type { StackJson } from "../../stack-json/document";
import { type Change, changesAbout } from "./change";
import type { Comparison } from "./comparison";
import { differences, inFewWords } from "./differences";

const setup = changesAbout("setup");

const wantsValue = (json: StackJson): string[] =>
  Object.entries(json.variable ?? {})
    .filter(([, variable]) => !("default" in variable))
    .map(([name]) => name);

function variables({ jsonBefore, jsonAfter }: Comparison): Change[] {
  const [then, now] = [wantsValue(jsonBefore), wantsValue(jsonAfter)];
  return [
    ...now
      .filter((name) => !then.includes(name))
      .map((name) => setup("notice", `TF_VAR_${name} has to be set to plan and deploy`)),
    ...then.filter((name) => !now.includes(name)).map((name) => setup("info", `TF_VAR_${name} is asked for no more`)),
  ];
}

function provider({ jsonBefore, jsonAfter }: Comparison): Change[] {
  const [then, now] = [jsonBefore, jsonAfter].map(({ provider }) => provider?.aws?.[0] ?? {});
  return differences(then, now).map((one) => {
    const [top = ""] = one.path.split(".");
    const words = inFewWords([one]);
    if (top === "region")
      return setup("risk", `${words}: everything is created anew there, and what is here stays, unmanaged`);
    if (top === "allowed_account_ids")
      return setup("risk", `${words}: the state that is there belongs to another account`);
    return setup("info", `provider: ${words}`);
  });
}

function backend({ jsonBefore, jsonAfter }: Comparison): Change[] {
  const place = ({ terraform }: StackJson) => ({ ...(terraform?.["backend"] as object), cloud: terraform?.["cloud"] });
  const [then, now] = [place(jsonBefore), place(jsonAfter)];
  const found = differences(then, now);
  if (found.length === 0) return [];
  const onlyLock = found.every(({ path }) => /dynamodb_table|use_lockfile/.test(path));
  const inCloud = then?.cloud !== undefined || now?.cloud !== undefined;
  const remedy = onlyLock
    ? "run terraform init -reconfigure"
    : `${inCloud ? "move it as docs/state.md says" : "run terraform init -migrate-state"}, or everything is made anew`;
  return [setup(onlyLock ? "notice" : "risk", `state is kept otherwise (${inFewWords(found, 3)}): ${remedy}`)];
}

function outputs({ jsonBefore, jsonAfter }: Comparison): Change[] {
  const [then, now] = [jsonBefore, jsonAfter].map(({ output }) => Object.keys(output ?? {}));
  return [
    ...(then ?? []).filter((name) => !now?.includes(name)).map((name) => setup("notice", `output ${name} is gone`)),
    ...(now ?? []).filter((name) => !then?.includes(name)).map((name) => setup("info", `output ${name} is new`)),
  ];
}

function versions({ jsonBefore, jsonAfter }: Comparison): Change[] {
  const [then, now] = [jsonBefore, jsonAfter].map(({ terraform }) => {
    const { required_version, required_providers } = terraform ?? {};
    return { required_version, required_providers };
  });
  if (isDeepStrictEqual(then, now)) return [];
  return [setup("notice", `Terraform or its providers: ${inFewWords(differences(then, now))}`)];
}

/** Changes beside the resources: variables, account and region, state, outputs, versions. */
export const setupChanges = (comparison: Comparison): Change[] => [
  ...provider(comparison),
  ...backend(comparison),
  ...versions(comparison),
  ...variables(comparison),
  ...outputs(comparison),
];
