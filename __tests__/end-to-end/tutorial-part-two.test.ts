// Stands on: records, items
import { spawnSync } from "node:child_process";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { OperatorAccess } from "../../local/run/operator";
import { type RunnerProcess, startRunner, stopRunners } from "../local/support/runner";
import { eventually } from "../support/eventually";
import { clientSettings } from "../support/pages/examples";
import { inOrder, message, promised, Tutorial } from "../support/pages/tutorial";

const tutorial = new Tutorial("docs/your-own-backend-part-two.md");
const { project, files } = tutorial;

beforeAll(() => tutorial.follow());
afterAll(stopRunners);

it("takes at most 120 lines", () => {
  expect(tutorial.lines).toBeLessThanOrEqual(120);
});

it("has the types right", () => {
  expect(tutorial.checkTypes()).toEqual({ status: 0, stdout: "" });
});

it.each(files)("writes $path as the formatter does", (file) => {
  expect(inOrder(file)).toBe(file.text);
});

it.each(["dev", "prod"])("synthesizes for %s, with a dead-letter queue behind each way of failing", (environment) => {
  const made = tutorial.synthesized("parcels", environment);
  const arn = "${aws_sqs_queue.failed.arn}";

  expect(JSON.stringify(made["aws_sqs_queue"]?.["queue"])).toMatch(/maxReceiveCount\W+5\b/);
  expect(JSON.stringify(made["aws_scheduler_schedule"])).toContain(arn);
  expect(JSON.stringify(made["aws_lambda_function_event_invoke_config"])).toContain(arn);
});

/** A command of the project. @returns what it prints */
function command(...args: string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, ["run.js", ...args], {
    cwd: project.folder,
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  return stdout.trim();
}

it("describes an API of a redirect and of users alone so that the check of OpenAPI files has nothing to say", () => {
  expect(command("tools/openapi.ts")).toContain("openapi/parcels.json");
  expect(command("tools/check-openapi.ts")).toBe("");
});

describe("the running system", () => {
  let runner: RunnerProcess;
  let url = "";
  let access: OperatorAccess;
  beforeAll(async () => {
    runner = startRunner(project.folder, "parcels", "--json", "--port", "0");
    const ready = await runner.next("ready");
    url = ready.systems[0]!.url;
    access = ready.access;
  });

  const s3 = () => new S3Client({ ...clientSettings(access), forcePathStyle: true });
  const Bucket = "parcels-dev-lists-000000000000-us-east-1";
  const [list] = tutorial.of("csv");
  const put = (Key: string) => s3().send(new PutObjectCommand({ Bucket, Key, Body: list!.text }));

  const token = (subject: string, scope = "parcels:read") => command("local/tokens/main.ts", subject, "--scope", scope);

  async function ask(request: string) {
    const { first, headers } = message(request);
    const [method = "", path = ""] = first.split(" ");
    const response = await fetch(url + path, {
      method,
      headers: headers.map(([name, value]) => [name, value.replace(/<(\w+)>/, (_, subject) => token(subject))]),
      redirect: "manual",
    });
    return { status: response.status, headers: response.headers, body: await response.text() };
  }

  it("keeps the lines of a list that are right, and says of the other what is wrong", async () => {
    await put("incoming/list.csv");
    const documents = DynamoDBDocumentClient.from(new DynamoDBClient(clientSettings(access)));
    const kept = await eventually(async () => {
      const { Items = [] } = await documents.send(new ScanCommand({ TableName: "parcels-dev-parcels" }));
      return Items.length === 2 ? Items : undefined;
    });
    const caught = await runner.next("failure");

    expect(kept.map(({ parcelId }) => parcelId).sort()).toEqual(["p1", "p2"]);
    expect(JSON.stringify(caught)).toContain("page");
    expect(JSON.stringify(caught)).not.toContain("nowhere");
  });

  it("answers as it is written, and follows no redirect", async () => {
    const exchanges = tutorial.of("http").map(({ text }) => text);
    expect(exchanges).toHaveLength(6);
    for (let index = 0; index < exchanges.length; index += 2) {
      const { status, headers, body } = await ask(exchanges[index]!);
      const wanted = message(exchanges[index + 1]!);
      expect(wanted.first).toMatch(`HTTP/1.1 ${status} `);
      for (const [name, value] of wanted.headers) expect([name, headers.get(name)]).toEqual([name, value]);
      expect(body === "" ? "" : JSON.parse(body)).toEqual(wanted.body === "" ? "" : promised(wanted.body));
    }
  });

  it("refuses a token without the scope", async () => {
    const response = await fetch(`${url}/parcels/p1`, {
      headers: { authorization: `Bearer ${token("ada", "parcels:write")}` },
      redirect: "manual",
    });

    expect(response.status).toBe(403);
  });

  it("counts the parcels when the schedule is fired", async () => {
    const [page = ""] = runner.events.flatMap((event) => (event.event === "page" ? [event.url] : []));
    expect(command("tools/fire.ts", "nightly", "--page", page)).toContain("parcels-dev-nightly");
    const Key = await eventually(async () => {
      const { Contents = [] } = await s3().send(new ListObjectsV2Command({ Bucket, Prefix: "reports/" }));
      return Contents[0]?.Key;
    });
    const { Body } = await s3().send(new GetObjectCommand({ Bucket, Key }));

    expect(await Body?.transformToString()).toBe("2 parcels\n");
  });

  it("misses a right that is taken away, and says which", async () => {
    tutorial.takeAway();
    await runner.next("reloaded");
    await put("incoming/again.csv");

    expect((await runner.next("denial")).grant).toBe(tutorial.of("text")[0]!.text.trim());
  });
});
