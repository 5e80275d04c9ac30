import { type Change, changesAbout } from "./change";
import type { Comparison, Kept } from "./comparison";
import { differences, inFewWords } from "./differences";

const functions = changesAbout("functions");

/** Arguments that change with a function's code. */
const code = ["source_code_hash", "filename", "s3_bucket", "s3_key", "s3_object_version"];

/** Arguments that say nothing of their own: whoever reads them reads of what they refer to. */
const ofCode = ({ after, changed }: Kept): Change[] =>
  changed.some((name) => code.includes(name)) ? [functions("info", `${after.path} gets new code`)] : [];

function ofSettings({ before, after, changed }: Kept): Change[] {
  const names = changed.filter((name) => !code.includes(name));
  const found = names.flatMap((name) => differences(before.args[name], after.args[name], name));
  const shorter = found.map(({ path, ...values }) => ({ ...values, path: path.replace("environment.variables.", "") }));
  return found.length === 0 ? [] : [functions("info", `${after.path} is set up otherwise: ${inFewWords(shorter)}`)];
}

/** New code, and settings that differ. */
export const functionChanges = (comparison: Comparison): Change[] =>
  comparison.keptOf("aws_lambda_function").flatMap((kept) => [...ofCode(kept), ...ofSettings(kept)]);
