// Stands on: records, data-processor, user-management
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { type Operator, releasedState, startOperator } from "../../support/pages/operator";
import { walk } from "../../support/pages/walk";

jest.setTimeout(120_000);

const request = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef";

let operator: Operator;
beforeAll(async () => {
  operator = await startOperator();
});
afterAll(() => operator.stop());

/** Adds lines to a function's log, each so many seconds old. */
function log(group: string, ...lines: (readonly [ago: number, line: object])[]): void {
  const added = lines.map(([ago, line]) => ({ timestamp: Date.now() - ago * 1000, message: JSON.stringify(line) }));
  operator.account.logs.set(group, [...(operator.account.logs.get(group) ?? []), ...added]);
}

/** Where a function that lacks its variables fails, as its log has it: in its bundle. */
function failureIn(functionName: string): string {
  const { folder } = operator.project;
  spawnSync(process.execPath, ["run.js", "main.ts", "--source-maps"], {
    cwd: folder,
    env: { ...process.env, SYSTEMS: "records" },
  });
  const file = join(folder, `cdktf.out/bundles/records/${functionName}.mjs`);
  const code = `import(${JSON.stringify(file)}).catch((error) => console.log(error.stack))`;
  const { stdout } = spawnSync(process.execPath, ["-e", code], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"] },
  });
  return stdout.replaceAll(new RegExp(`file:[^)\\s]*${functionName}\\.mjs`, "g"), "file:///var/task/index.mjs");
}

walk(
  "docs/runbooks/alarms.md",
  () => operator.shell,
  [
    {
      command: "npm run logs -- records-prod",
      fault: "a table that does not answer: a 503 of one function, a timeout of another",
      needs: "aws",
      before: () => {
        log(
          "/aws/lambda/records-prod-get-record",
          [60, { level: "WARN", message: "request refused: unavailable", correlation_id: request }],
          [61, { level: "INFO", message: "request", correlation_id: request }],
        );
        log("/aws/lambda/records-prod-list-records", [30, { type: "platform.report", record: { status: "timeout" } }]);
      },
      shows: /"status":"timeout".*request refused: unavailable.*2 failures and warnings/s,
    },
    {
      command: "npm run logs -- records-prod --request c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
      fault: "one client's request was refused",
      needs: "aws",
      shows: /request refused: unavailable.*2 lines of that request/s,
    },
    {
      command: "npm run -s logs -- records-prod --function get-record --minutes 60 | npm run -s source-maps",
      fault: "a function lacks a variable",
      needs: "aws",
      before: () => {
        const at = failureIn("get-record").split("\n");
        const line = { level: "ERROR", message: "failed", function_name: "records-prod-get-record", failure: { at } };
        log("/aws/lambda/records-prod-get-record", [2000, line]);
      },
      shows: /handlers\/runtime\/env\.ts:\d+:\d+/,
    },
    {
      command:
        "aws cloudwatch get-metric-statistics --region us-east-1 --namespace AWS/Lambda --metric-name ConcurrentExecutions --dimensions Name=FunctionName,Value=records-prod-create-record --statistics Maximum --period 60 --start-time 2026-01-31T11:45:00Z --end-time 2026-01-31T12:00:00Z",
      fault: "one function takes the account's concurrency",
      needs: "aws",
      before: () => {
        const of = { metric: "ConcurrentExecutions", dimension: "FunctionName=records-prod-create-record" };
        operator.account.datapoints.push(
          { ...of, time: "2026-01-31T11:50:00Z", value: 998 },
          { ...of, time: "2026-01-31T13:50:00Z", value: 1 },
        );
      },
      shows: /^(?!.*13:50).*"Maximum": 998/s,
    },
    {
      command: "npm run logs -- data-processor-prod",
      fault: "a parameter is missing",
      needs: "aws",
      before: () =>
        log("us-west-2 /aws/lambda/data-processor-prod-process-data", [
          9,
          { level: "ERROR", message: "request failed" },
        ]),
      // In a region of its own: a command that asked in the usual one would find no line.
      shows: /"request failed"\}\n1 failures and warnings in 2 log groups/,
    },
    {
      command: "npm run rollback -- <stack> <time before>",
      fault: "what was released at noon fails",
      filled: { "<stack>": "records-prod", "<time before>": "2026-01-31T11:59:00Z" },
      needs: "terraform",
      before: async () => {
        const { account } = operator;
        await operator.keep("records-prod", releasedState("records-prod"), {
          versions: { "records-prod-get-record": "7" },
        });
        account.functions.set("records-prod-get-record", { live: "7" });
        account.parameters.set("/records/prod/serving", [
          { value: '{"records-prod-get-record":"6"}', since: new Date("2026-01-30T09:00:00Z") },
          { value: '{"records-prod-get-record":"7"}', since: new Date("2026-01-31T12:00:00Z") },
        ]);
      },
      shows: /records-prod-get-record: 7 → 6/,
      leaves: () => expect(operator.account.functions.get("records-prod-get-record")?.live).toBe("6"),
    },
    {
      command: "TF_VAR_user_management_origin_secret=only-for-a-plan npm run terraform -- <stack> plan",
      fault: "somebody took sqs:SendMessage from a role manually",
      filled: { "<stack>": "user-management-prod" },
      needs: "terraform",
      before: async () => {
        const state = JSON.stringify(releasedState("user-management-prod"));
        await operator.keep("user-management-prod", JSON.parse(state.replaceAll("sqs:SendMessage", "sqs:GetQueueUrl")));
      },
      shows: /aws_iam_role_policy.*sqs:GetQueueUrl" -> "sqs:SendMessage/s,
    },
    {
      command:
        "aws logs create-export-task --region <region> --log-group-name <log group> --from <ms> --to <ms> --destination <bucket>",
      fault: "a day of lines never reached the bucket",
      filled: {
        "<region>": "us-east-1",
        "<log group>": "/aws/lambda/records-prod-get-record",
        "--from <ms> --to <ms>": "--from 1769860800000 --to 1769947200000",
        "<bucket>": "records-prod-logs",
      },
      needs: "aws",
      shows: /"taskId"/,
      leaves: () =>
        expect(operator.account.exported).toEqual([
          {
            group: "/aws/lambda/records-prod-get-record",
            from: 1769860800000,
            to: 1769947200000,
            bucket: "records-prod-logs",
          },
        ]),
    },
  ],
  [
    {
      command: "npm run redrive -- <queue URL> --list",
      by: "__tests__/end-to-end/systems/user-management-page.test.ts",
      words: '"npm run redrive -- <queue URL> --list"',
    },
  ],
);
