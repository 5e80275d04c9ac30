import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Synthesized, synthesizedStack } from "../support/synthesized-stack";
import { describeSystems } from "../support/systems";

const page = readFileSync(join(__dirname, "../../docs/deletion.md"), "utf8");

/** The rows of a system's table: data, where, until, how sooner. */
function rowsOf(system: string): string[][] {
  const [, section = ""] = new RegExp(`## ${system}\\n(.*?)(?=\\n## |$)`, "s").exec(page) ?? [];
  return section
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2)
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((permission) => permission.trim()),
    );
}

const untilOf = (system: string, place: RegExp): string[] =>
  rowsOf(system)
    .filter(([, where = ""]) => place.test(where))
    .map(([, , until = ""]) => until);

interface LifecycleRule {
  readonly filter: readonly [{ prefix?: string; and?: readonly [{ prefix: string }] }];
  readonly expiration: readonly [{ days?: number }];
  readonly noncurrent_version_expiration?: readonly [{ noncurrent_days: number }];
}

/** When the objects of a stack's buckets are gone, as the page writes it: `365 + 30 days`. */
function expiriesOf(stack: Synthesized): string[] {
  return Object.values(stack.all("aws_s3_bucket_lifecycle_configuration")).flatMap(({ rule }) => {
    const rules = rule as LifecycleRule[];
    const [old] = rules.flatMap((one) => one.noncurrent_version_expiration ?? []);
    const aging = rules.flatMap(({ expiration: [{ days }] }) => (days === undefined ? [] : [days]));
    return aging.map((days) => `${days} + ${old?.noncurrent_days} days`);
  });
}

describeSystems("what is said of %s to a data-protection officer", (system) => {
  const stack = synthesizedStack(system, "prod");

  it("has the days that log groups keep lines", () => {
    const days = new Set(
      Object.values(stack.all("aws_cloudwatch_log_group")).map((group) => group["retention_in_days"]),
    );

    expect(untilOf(system, /^log groups/)).toEqual([...days].map((count) => `${count} days`));
  });

  it("has the days after which buckets forget objects, and then their older versions", () => {
    const said = untilOf(system, /bucket/).filter((until) => until.includes("+"));

    expect(new Set(said)).toEqual(new Set(expiriesOf(stack)));
  });

  it("has the recovery of tables, which AWS ends after 35 days, where there is a table", () => {
    const tables = Object.values(stack.all("aws_dynamodb_table"));

    expect(tables.every(({ point_in_time_recovery: recovery }) => (recovery as { enabled: boolean }).enabled)).toBe(
      true,
    );
    expect(untilOf(system, /point-in-time/)).toEqual(tables.length > 0 ? ["35 days"] : []);
  });

  it("has each index, the stream, the stage cache and the dead-letter queue, where there is one", () => {
    const said = rowsOf(system)
      .map(([, where = ""]) => where)
      .join("\n");
    const tables = Object.values(stack.all("aws_dynamodb_table"));
    const indexes = tables.flatMap((table) => (table["global_secondary_index"] ?? []) as { name: string }[]);
    for (const { name } of indexes) expect(said).toContain(`\`${name}\``);

    expect(/stream/.test(said)).toBe(tables.some((table) => table["stream_enabled"] === true));
    const stages = Object.values(stack.all("aws_api_gateway_stage"));
    expect(/stage cache/.test(said)).toBe(stages.some((stage) => stage["cache_cluster_enabled"] === true));
    const days = Object.values(stack.all("aws_sqs_queue")).map(
      (queue) => Number(queue["message_retention_seconds"]) / 86_400,
    );
    expect(untilOf(system, /dead-letter/)).toEqual([...new Set(days)].map((count) => `${count} days`));
  });

  it("has tombstones that expire, where the table expires items", () => {
    const expires = Object.values(stack.all("aws_dynamodb_table")).map(({ ttl }) => ttl !== undefined);

    if (expires.includes(true) && system !== "user-management")
      expect(untilOf(system, /tombstone/)).toEqual(["2 days"]);
  });
});
