// Stands on: records, user-directory
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { textOf } from "../../support/pages/commands";
import { type Operator, releasedState, type State, startOperator } from "../../support/pages/operator";
import { type Step, walk } from "../../support/pages/walk";

jest.setTimeout(300_000);

let operator: Operator;
let tables: DynamoDBDocumentClient;
beforeAll(async () => {
  operator = await startOperator();
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  tables = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint: operator.account.url, region: "us-east-1", credentials }),
  );
  const operations = ["create-record", "delete-record", "get-record", "list-records", "replace-record"];
  for (const name of operations) operator.account.functions.set(`records-prod-${name}`, { live: "0" });
  operator.account.parameters.set("/records/prod/serving", [{ value: "{}", since: new Date() }]);
  await operator.keep("records-prod", releasedState("records-prod"));
});
afterAll(async () => {
  tables.destroy();
  await operator.stop();
});

const table = "records-prod-records";
const put = (Item: Record<string, unknown>) => tables.send(new PutCommand({ TableName: table, Item }));
const items = async (): Promise<Record<string, unknown>[]> =>
  (await tables.send(new ScanCommand({ TableName: table }))).Items ?? [];
const tableNames = async () => (await tables.send(new ListTablesCommand({}))).TableNames;

/** A setting of prod, which goes when the step is over. */
const inProd = (change: (text: string) => string): Required<Pick<Step, "before" | "leaves">> => {
  let undo: () => void = () => undefined;
  return {
    before: () => {
      undo = operator.project.edit("environments/prod.ts", change);
    },
    leaves: () => undo(),
  };
};

/** The setting by which a stack goes over to a copy, as the page has it. */
const [, setting = ""] = /```ts\n\s*(restoredTables: .*)\n/.exec(textOf("docs/runbooks/restore-a-table.md")) ?? [];
const goesOver = (text: string) => text.replace(/^ {2}state: .*$/m, (line) => `${line}\n  ${setting}`);

/** A state in which Terraform has imported the copy: the schema's provider has nothing that it could import. */
function imported({ resources, ...state }: State): State {
  const text = JSON.stringify(resources);
  const [copy] = (
    JSON.parse(text) as { type: string; name: string; instances: [{ attributes: Record<string, unknown> }] }[]
  ).filter(({ type }) => type === "aws_dynamodb_table");
  if (!copy) throw new Error("there is no table in the state");
  const others = (JSON.parse(text) as { type: string }[]).filter(({ type }) => type !== "aws_dynamodb_table");
  const { attributes } = copy.instances[0];
  const name = `${table}-restored`;
  Object.assign(attributes, { name, id: name, arn: String(attributes["arn"]).replace(/[^/]*$/, name) });
  Object.assign(attributes, { deletion_protection_enabled: false, point_in_time_recovery: [], ttl: [] });
  return { ...state, resources: [...others, { ...copy, name: "records_records-prod-records-restored" }] };
}

const deletedAt = "2026-01-31T12:00:05.123Z";
const id = "019c1444-2c3b-7d00-9d3c-0f2b8b6c1a55";

walk("docs/runbooks/restore-a-table.md", () => operator.shell, [
  {
    command: "export AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1",
    fault: "items were deleted by mistake",
    before: async () => {
      await tables.send(
        new CreateTableCommand({
          TableName: table,
          BillingMode: "PAY_PER_REQUEST",
          KeySchema: [{ AttributeName: "recordId", KeyType: "HASH" }],
          AttributeDefinitions: [{ AttributeName: "recordId", AttributeType: "S" }],
        }),
      );
      const [kept, lost, gone] = ["kept", id, "gone"].map((recordId) => ({ recordId, source: "meter", version: 1 }));
      operator.account.recoverable.set(table, [kept, lost, gone] as Record<string, unknown>[]);
      await put({ recordId: "kept", source: "meter", version: 2 });
      await put({ recordId: id, deletedAt });
    },
  },
  {
    command: "npm run terraform -- records-prod output records_table",
    fault: "what the table is called",
    needs: "terraform",
    shows: /"records-prod-records"/,
  },
  { command: "TABLE=records-prod-records", fault: "that is it" },
  {
    command: 'aws dynamodb describe-continuous-backups --table-name "$TABLE"',
    fault: "whether the time before the mistake can still be had",
    needs: "aws",
    shows:
      /"EarliestRestorableDateTime": (1767225600|"2026-01-01).*"LatestRestorableDateTime": (1769861400|"2026-01-31)/s,
  },
  {
    command:
      'aws dynamodb restore-table-to-point-in-time --source-table-name "$TABLE" --target-table-name "$TABLE-restored" --restore-date-time 2026-01-31T11:59:00Z',
    fault: "there is no copy of what was",
    needs: "aws",
    shows: /"TableName": "records-prod-records-restored"/,
  },
  {
    command: 'aws dynamodb wait table-exists --table-name "$TABLE-restored"',
    fault: "the copy is not there yet",
    needs: "aws",
    shows: /^$/,
  },
  {
    command: 'npm run -s restore-items -- "$TABLE-restored" "$TABLE" >missing',
    fault: "which items are missing",
    needs: "aws",
    shows: /2 that records-prod-records lacks/,
    leaves: async () => {
      const { printed } = await operator.shell.run("cat missing");
      expect(printed.split("\n").sort()).toEqual(["", `${id}\tdeleted ${deletedAt}`, "gone\tnot there"]);
    },
  },
  {
    command: 'npm run restore-items -- "$TABLE-restored" "$TABLE" --only-from missing',
    fault: "one was deleted on purpose, and stays so",
    needs: "aws",
    before: async () => void (await operator.shell.run("grep -v gone missing >meant && mv meant missing")),
    shows: /would be restored.*1 would be restored; --write does it/s,
  },
  {
    command: 'npm run restore-items -- "$TABLE-restored" "$TABLE" --only-from missing --write',
    fault: "the other is missing",
    needs: "aws",
    shows: /1 restored/,
    leaves: async () => {
      const kept = { recordId: "kept", source: "meter", version: 2 };
      const found = (await items()).sort((a, b) => String(b["recordId"]).localeCompare(String(a["recordId"])));
      expect(found).toEqual([kept, { recordId: id, source: "meter", version: 1 }]);
    },
  },
  {
    command: 'aws dynamodb delete-table --table-name "$TABLE-restored"',
    fault: "the copy is billed",
    needs: "aws",
    shows: /"TableStatus": "DELETING"/,
    leaves: async () => expect(await tableNames()).not.toContain(`${table}-restored`),
  },
  {
    command: "aws s3api list-object-versions --bucket <bucket> --prefix assets/<id>",
    fault: "an item has come back, and its asset has not",
    filled: { "<bucket>": "items-prod-assets", "<id>": id },
    needs: "aws",
    before: () => {
      const versions = [Buffer.from("a picture"), Buffer.alloc(0), undefined].map((body, index) => ({
        id: `v${index + 1}`,
        body,
      }));
      operator.account.objects.set(`items-prod-assets/assets/${id}`, versions);
    },
    shows: /"Size": 9.*"VersionId": "v1"|"VersionId": "v1".*"Size": 9/s,
  },
  {
    command:
      'aws s3api copy-object --bucket <bucket> --key assets/<id> --copy-source "<bucket>/assets/<id>?versionId=<version>"',
    fault: "the asset is an older version",
    filled: { "<bucket>": "items-prod-assets", "<id>": id, "<version>": "v1" },
    needs: "aws",
    leaves: () => {
      const newest = operator.account.objects.get(`items-prod-assets/assets/${id}`)?.at(-1);
      expect(String(newest?.body)).toBe("a picture");
    },
  },
  {
    command:
      "aws lambda put-function-concurrency --function-name records-prod-create-record --reserved-concurrent-executions 0",
    fault: "everything is wrong, and clients go on writing",
    needs: "aws",
    shows: /"ReservedConcurrentExecutions": 0/,
    leaves: () => expect(operator.account.functions.get("records-prod-create-record")?.reservedConcurrency).toBe(0),
  },
  {
    command: "npm run changes -- --stack records-prod main",
    fault: "whether the copy takes the table's place, and nothing is lost",
    before: () => void operator.project.edit("environments/prod.ts", goesOver),
    // A risk: roles allow more, which is both tables.
    status: 2,
    shows: /goes over to records-prod-records-restored.*Terraform forgets records-prod-records, which stays/s,
  },
  {
    command: "npm run terraform -- records-prod plan",
    fault: "whether Terraform sees it so",
    typed: "only-for-a-plan\n",
    needs: "terraform",
    shows: /1 to import|will be imported/,
  },
  {
    command: "npm run deploy -- records-prod --at-once --during-alarm",
    fault: "what serves works on the wrong table, and alarms fire about it",
    typed: "yes\n",
    needs: "terraform",
    before: async () => {
      await operator.shell.run("export TF_VAR_records_cursor_secret=only-for-a-trial");
      await operator.keep("records-prod", imported(releasedState("records-prod")));
    },
    shows: /records-prod-get-record: 0 → .*the newest versions serve/s,
    leaves: () => {
      const state = JSON.stringify(operator.kept("records-prod"));
      expect(state).toContain(`"name":"${table}-restored"`);
      for (const name of [table, `${table}-restored`]) expect(state).toContain(`table/${name}\\"`);
    },
  },
  {
    command: "aws lambda delete-function-concurrency --function-name records-prod-create-record",
    fault: "clients can't write",
    needs: "aws",
    leaves: () => {
      expect(operator.account.functions.get("records-prod-create-record")).not.toHaveProperty("reservedConcurrency");
    },
  },
]);

walk("docs/runbooks/rename-an-index.md", () => operator.shell, [
  {
    command:
      "aws dynamodb describe-table --region us-west-2 --table-name user-directory-prod-users --query 'Table.GlobalSecondaryIndexes[].[IndexName,IndexStatus,Backfilling]'",
    fault: "whether the new index is filled",
    needs: "aws",
    before: async () => {
      const index = (IndexName: string) => ({
        IndexName,
        KeySchema: [{ AttributeName: "email", KeyType: "HASH" as const }],
        Projection: { ProjectionType: "ALL" as const },
      });
      await tables.send(
        new CreateTableCommand({
          TableName: "user-directory-prod-users",
          BillingMode: "PAY_PER_REQUEST",
          KeySchema: [{ AttributeName: "userId", KeyType: "HASH" }],
          AttributeDefinitions: ["userId", "email"].map((AttributeName) => ({
            AttributeName,
            AttributeType: "S" as const,
          })),
          GlobalSecondaryIndexes: [index("byEmail"), index("emailIndex")],
        }),
      );
    },
    shows: /"emailIndex",\s+"ACTIVE"/,
  },
  {
    command: "npm run changes -- --stack user-directory-prod main",
    fault: "the former index goes while functions may query it",
    ...inProd((text) => text.replace('formerIndexes: ["byEmail"]', "formerIndexes: []")),
    status: 2,
    shows: /byEmail/,
  },
]);

walk(
  "docs/leaving.md",
  () => operator.shell,
  [
    {
      command: "aws dynamodb export-table-to-point-in-time --region <region> --table-arn <arn> --s3-bucket <bucket>",
      fault: "what is in the table would be lost",
      filled: {
        "<region>": "us-east-1",
        "<arn>": `arn:aws:dynamodb:us-east-1:000000000000:table/${table}`,
        "<bucket>": "kept",
      },
      needs: "aws",
      shows: /"ExportStatus": "IN_PROGRESS"/,
      leaves: () => expect(operator.account.exports.map(({ bucket }) => bucket)).toEqual(["kept"]),
    },
    {
      command: "npm run changes -- --stack records-prod main",
      fault: "whether anything else goes with the protection",
      before: async () => {
        await operator.shell.run("git checkout --quiet environments");
        operator.project.edit("environments/prod.ts", (text) =>
          text.replace("deletionProtection: true", "deletionProtection: false"),
        );
        await operator.keep("records-prod", releasedState("records-prod"));
      },
      status: 2,
      shows: /records.*protect/s,
    },
    {
      command: "npm run deploy -- records-prod",
      fault: "table and buckets are protected",
      typed: "yes\n",
      needs: "terraform",
      shows: /the newest versions serve/,
      leaves: () =>
        expect(JSON.stringify(operator.kept("records-prod"))).toContain('"deletion_protection_enabled":false'),
    },
    {
      command: "npm run terraform -- records-prod destroy",
      fault: "the system is to go",
      typed: "yes\n",
      needs: "terraform",
      shows: /Destroy complete/,
      leaves: () => expect(operator.kept("records-prod")?.["resources"]).toEqual([]),
    },
  ],
  [
    {
      command: "npm run remove -- records",
      by: "__tests__/end-to-end/new-and-remove.test.ts",
      words: "remove(system)",
    },
    {
      command: "npx cdktf destroy records-dev",
      by: ".ci/terraform-first-deployment",
      words: "cdktf destroy records-dev",
    },
    {
      command:
        "ACCOUNT_STATE=local npm run -s synth && terraform -chdir=cdktf.out/stacks/account-dev init -migrate-state -force-copy",
      by: ".ci/terraform-account",
      words: 'ACCOUNT_STATE=local node run.js main.ts\ntf "$stack" init -migrate-state -force-copy',
    },
  ],
);

walk("docs/deletion.md", () => operator.shell, [
  {
    command: "aws s3api list-object-versions --bucket <bucket> --prefix <key>",
    fault: "an object was deleted, and an older version has somebody's data",
    filled: { "<bucket>": "records-prod-logs", "<key>": "activity/2026/01/31/r-1.json" },
    needs: "aws",
    before: () => {
      const versions = [
        { id: "v1", body: Buffer.from("{}") },
        { id: "v2", body: undefined },
      ];
      operator.account.objects.set("records-prod-logs/activity/2026/01/31/r-1.json", versions);
    },
    shows: /"DeleteMarkers".*"VersionId": "v2"/s,
  },
  {
    command: "aws s3api delete-object --bucket <bucket> --key <key> --version-id <id>",
    fault: "it is to be gone",
    filled: { "<bucket>": "records-prod-logs", "<key>": "activity/2026/01/31/r-1.json", "<id>": "v1" },
    needs: "aws",
    leaves: () => {
      const left = operator.account.objects.get("records-prod-logs/activity/2026/01/31/r-1.json");
      expect(left?.map((version) => version.id)).toEqual(["v2"]);
    },
  },
]);
