import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { UserError } from "../lib/user-error";
import { command } from "./command";
import { type Candidate, candidates, openTables, type Tables } from "./restore/candidates";
import { isNamed, lineOf, type Named, named } from "./restore/named";
import { putBack } from "./restore/put-back";

const usage = `npm run restore-items -- <from> <to> [--deleted-between <time>..<time>]
npm run restore-items -- <from> <to> --only <id> … | --only-from <file> [--write]

Without ids, lists the items of one table that another lacks, and changes nothing: a line each, the id and what is in its
place, which is nothing or what a deletion left, with its time. With ids, or a file with lines of that list, puts those back
and no others. Without --write it only says which. What is there is never touched.

  --deleted-between   lists only what was deleted between these times: 2026-01-31T12:00:00Z..2026-01-31T12:05:00Z
  --only              an id; both parts of a key are named like "ada / 2026-01-31T12:00:00.123Z"
  --only-from         a file with ids, or with lines of the list: then what has changed since it was listed is left
  --write             does it

The region and the credentials are the AWS SDK's own affair (AWS_REGION, AWS_PROFILE).`;

/** Whether a deletion is within the times of `a..b`; without them all are wanted. */
function within(range: string | undefined): (candidate: Candidate) => boolean {
  if (range === undefined) return () => true;
  const [first = "", last = "", ...more] = range.split("..");
  const [from, to] = [new Date(first).getTime(), new Date(last).getTime()];
  if (!(from <= to) || more.length > 0) {
    const example = "2026-01-31T12:00:00Z..2026-01-31T12:05:00Z";
    throw new UserError(`--deleted-between: must be two times in order like ${example}, got ${range}; correct it`);
  }
  return ({ deletedAt }) => {
    const time = new Date(deletedAt?.time ?? "").getTime();
    return from <= time && time <= to;
  };
}

async function list(tables: Tables, range: string | undefined): Promise<number> {
  const isWanted = within(range);
  let count = 0;
  for await (const candidate of candidates(tables)) {
    if (!isWanted(candidate)) continue;
    count += 1;
    console.log(lineOf(candidate));
  }
  // Beside the list, which goes into a file.
  console.error(`${count} that ${tables.to} lacks; name those that have to come back (--only, --only-from)`);
  return 0;
}

/** Puts back what is named, or says what it would put back. */
async function restore(tables: Tables, names: Named, write: boolean): Promise<number> {
  const open = new Set(names.keys());
  let [done, left, assets] = [0, 0, 0];
  for await (const candidate of candidates(tables)) {
    if (!isNamed(names, candidate)) continue;
    open.delete(candidate.id);
    const reason = write ? await putBack(tables, candidate) : undefined;
    if (reason === undefined) done += 1;
    else left += 1;
    const hasAsset = candidate.item["asset"] !== undefined;
    if (reason === undefined && hasAsset) assets += 1;
    const what = `${write ? "restored" : "would be restored"}${hasAsset ? ", without its asset" : ""}`;
    console.log(`${candidate.id}: ${reason === undefined ? what : `left, because ${reason}`}`);
  }
  for (const id of open) console.log(`${id}: left: it is there, or not in ${tables.from}, or not as it was listed`);
  if (assets > 0) console.log(`${assets} with an asset, which docs/runbooks/restore-a-table.md brings back (Assets)`);
  console.log(write ? `${done} restored` : `${done} would be restored; --write does it`);
  return open.size + left > 0 ? 1 : 0;
}

void command(
  usage,
  {
    "deleted-between": { type: "string" },
    only: { type: "string", multiple: true },
    "only-from": { type: "string" },
    write: { type: "boolean" },
  },
  async ({ positionals: [from, to, ...more], values }) => {
    if (!from || !to || from === to || more.length > 0) throw new UserError(usage);
    const { only = [], "only-from": file, write = false, "deleted-between": range } = values;
    const names = named(only, file);
    const isList = only.length === 0 && file === undefined;
    if (isList && write)
      throw new UserError("--write: must come with --only or --only-from, got none; name what comes back");
    if (!isList && range !== undefined) throw new UserError("--deleted-between: is for the list; leave it out");
    if (isList) within(range);
    const tables = await openTables(new DynamoDBClient({}), from, to);
    return isList ? list(tables, range) : restore(tables, names, write);
  },
);
