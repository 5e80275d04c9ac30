// Stands on: records, user-management
import { createServer, request as forward } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser } from "playwright-core";
import { eventually } from "../../support/eventually";
import { chromiumPath, newPage, startBrowser } from "../support/browser";
import { type LocalPage, startPage } from "../support/local-page";
import { denied } from "../support/local-system";

/**
 * Faults of every kind, planted into a system that runs. Each is found from the overview: it stands there with its
 * reason, and its link leads to where it happened.
 */

/**
 * The latest failure in the overview, once its sentence and place match: a denial is known before its request is over.
 */
async function trouble(page: LocalPage, sentence: RegExp) {
  return eventually(async () => {
    const { troubles } = (await page.get("/api/overview")).body;
    return troubles.find((one: { sentence: string; href?: string }) => one.href && sentence.test(one.sentence));
  });
}

/** The one click from there: the trace of what happened, whose reason is the same. */
async function traceAt(page: LocalPage, href: string) {
  const { body } = await page.get(`/api${href}`);
  return body.trace ?? body;
}

/** A person's way: opens the overview, and clicks on a failure. @returns the reason that it shows */
async function clicked(browser: Browser, page: LocalPage, sentence: string): Promise<string | null> {
  const tab = await newPage(browser);
  try {
    await tab.goto(page.url);
    const trouble = tab.locator("li.trouble").filter({ hasText: sentence });
    await trouble.locator("a.trouble-title").first().click();
    return await tab.locator(".why-sentence").first().textContent();
  } finally {
    await tab.close();
  }
}

const sample = { source: "sensor-1", kind: "temperature", values: [20.5, 21] };
const throws = "export const handler = async () => { throw new Error('it always fails'); }";

describe("records", () => {
  let page: LocalPage;
  let browser: Browser | undefined;
  const found: { readonly sentence: string; readonly clicked: string | null }[] = [];

  beforeAll(async () => {
    page = await startPage("records");
    if (chromiumPath !== undefined) browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await page.stop();
  });

  const ask: LocalPage["system"]["ask"] = (...request) => page.system.ask(...request);
  const create = async (): Promise<string> => (await ask("POST", "/records", { body: sample })).body.recordId;

  /** Finds it on the overview, follows the link, and finds the same reason there, with the failed span. */
  async function explained(wanted: RegExp, fix?: string) {
    const { sentence, href, fix: advice } = await trouble(page, wanted);
    if (fix !== undefined) expect(advice.text).toContain(fix);
    const trace = await traceAt(page, href);
    expect(trace.why.sentence).toBe(sentence);
    if (browser) found.push({ sentence, clicked: await clicked(browser, page, sentence) });
    return trace;
  }

  test("a missing grant", async () => {
    await page.system.deployWithout({ function: "records-dev-create-record", action: "dynamodb:PutItem" });
    expect((await ask("POST", "/records", { body: sample })).status).toBe(500);
    const { spans } = await explained(
      /^records-dev-create-record was denied dynamodb:PutItem on dynamodb table\/records-dev-records: its role does not allow it\.$/,
      'records.grant(createRecord, "PutItem");',
    );
    expect(
      spans.find(({ kind, failed }: { kind: string; failed: boolean }) => kind === "call" && failed),
    ).toMatchObject({
      name: "dynamodb PutItem",
      call: { allowedBy: [], status: 400 },
    });
    await page.system.deployChanged((text) => text);
  });

  test("a wrong index", async () => {
    await page.system.deployChanged((text) => text.replaceAll('"name":"bySource"', '"name":"byOrigin"'));
    expect((await ask("GET", "/records?source=a")).status).toBe(500);
    await explained(/^records-dev-list-records got ValidationException of dynamodb Query .*index/);
    await page.system.deployChanged((text) => text);
  });

  test("a call of another region", async () => {
    const code = `import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
      const client = new DynamoDBClient({ region: "eu-west-1" });
      export const handler = async () => {
        await client.send(new GetItemCommand({ TableName: "records-dev-records", Key: { recordId: { S: "a" } } }));
        return { statusCode: 200, body: "{}" };
      };`;
    await page.system.deployFunction("records-dev-get-record", { code });
    expect((await ask("GET", "/records/01a228d0-c541-71ce-8d6a-0aeee4094acb")).status).toBe(502);
    await explained(
      /^records-dev-get-record called dynamodb GetItem in eu-west-1, and its stack is in us-east-1: AccessDenied/,
      "Leave the client's region out",
    );
    await page.system.deployChanged((text) => text);
  });

  test("a stale answer of the cache", async () => {
    const id = await create();
    await ask("GET", `/records/${id}`);
    await ask("GET", `/records/${id}`);
    await explained(/^The stage's cache answered, \d+ s old, made by request [\w-]+; the function was not called/);
  });

  test("a reply that does not match its schema", async () => {
    const id = await create();
    const TableName = "records-dev-records";
    const { Item } = (await page.post("/api/aws/dynamodb/GetItem", { TableName, Key: { recordId: { S: id } } })).body;
    await page.post("/api/aws/dynamodb/PutItem", { TableName, Item: { ...Item, values: { S: "none" } } });
    expect((await ask("GET", `/records/${id}`)).status).toBe(500);
    await explained(/records-dev-get-record caught .*values/);
  });

  test("a bucket that fails", async () => {
    await page.system.deployWithPolicies("aws_s3_bucket_policy", denied);
    expect((await ask("POST", "/records", { body: sample })).status).toBe(201);
    const found = await trouble(
      page,
      /denied s3:PutObject .*: the bucket policy at aws_s3_bucket_policy\.\S+ denies it/,
    );
    expect((await traceAt(page, found.href)).why.sentence).toBe(found.sentence);
    await page.system.deployChanged((text) => text);
  });

  test("a lost race", async () => {
    const id = await create();
    const lost = await ask("PUT", `/records/${id}`, { body: { values: [1] }, headers: { "if-match": '"7"' } });
    expect(lost.status).toBe(412);
    await explained(/^A condition of dynamodb UpdateItem was no longer met/, "Read it again");
  });

  test("a variable that was forgotten", async () => {
    await page.system.deployChanged((text) => {
      const stack = JSON.parse(text);
      for (const fn of Object.values<{ function_name: string; environment: { variables: object } }>(
        stack.resource.aws_lambda_function,
      )) {
        if (fn.function_name !== "records-dev-get-record") continue;
        const { variables } = fn.environment;
        fn.environment.variables = Object.fromEntries(
          Object.entries(variables).filter(([name]) => !name.includes("TABLE")),
        );
      }
      return JSON.stringify(stack);
    });
    expect((await ask("GET", "/records/01a228d0-c541-71ce-8d6a-0aeee4094aca")).status).toBe(502);
    await explained(/^records-dev-get-record failed: .*environment variable \w*TABLE\w* is not set/, "TABLE");
    await page.system.deployChanged((text) => text);
  });

  test("a storm of cold starts", async () => {
    const code =
      "await new Promise((go) => setTimeout(go, 2000)); export const handler = async () => ({ statusCode: 200, body: '{}' });";
    await page.system.deployFunction("records-dev-create-record", { code });
    await Promise.all([1, 2, 3].map(() => ask("POST", "/records", { body: sample })));
    const { spans } = await explained(/^A cold start of records-dev-create-record took \d+ of \d+ ms\.$/);
    expect(spans.map(({ kind }: { kind: string }) => kind)).toEqual(["request", "init", "function"]);
    await page.system.deployChanged((text) => text);
  });

  test("a slow call of another service", async () => {
    const { AWS_ENDPOINT_URL } = page.system.access;
    let delay = 0;
    const slow = createServer((request, response) => {
      const { method, url, headers } = request;
      const { hostname, port } = new URL(AWS_ENDPOINT_URL);
      const sent = forward({ hostname, port, method, path: url, headers }, (answer) => {
        setTimeout(() => {
          response.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(response);
        }, delay);
      });
      request.pipe(sent);
    });
    await new Promise<void>((resolve) => void slow.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}`;
    await page.system.deployFunction("records-dev-list-records", { variables: { AWS_ENDPOINT_URL_DYNAMODB: url } });
    // What a cold start takes on a busy machine is no part of it.
    expect((await ask("GET", "/records?source=first")).status).toBe(200);
    delay = 1500;
    expect((await ask("GET", "/records?source=slow")).status).toBe(200);
    await explained(/^DynamoDB Query took \d{4,} of \d+ ms/);
    slow.close();
    slow.closeAllConnections();
    await page.system.deployChanged((text) => text);
  });

  /** Runs it with other limits of its usage plans. */
  const deployPlan = (settings: object) =>
    page.system.deployChanged((text) => {
      const stack = JSON.parse(text);
      for (const plan of Object.values<object>(stack.resource.aws_api_gateway_usage_plan))
        Object.assign(plan, settings);
      return JSON.stringify(stack);
    });

  test("a key that is throttled", async () => {
    await deployPlan({ throttle_settings: { rate_limit: 1, burst_limit: 1 } });
    await Promise.all([1, 2, 3].map(() => ask("GET", "/records?source=x")));
    await explained(
      /^Key \S+ used up the throttle of plan \S+, which is 1 requests a second and 1 at once\.$/,
      "It refills with 1 a second",
    );
  });

  test("a quota that is used up", async () => {
    await deployPlan({
      quota_settings: { limit: 2, period: "DAY" },
      throttle_settings: { rate_limit: 99, burst_limit: 99 },
    });
    await Promise.all([1, 2, 3].map(() => ask("GET", "/records?source=x")));
    await explained(/^Key \S+ used up the quota of 2 requests a day of plan \S+\.$/, "It begins anew at ");
    await page.system.deployChanged((text) => text);
  });

  test("faults fire the alarms that watch for them, and notify their topics, once", async () => {
    // What failed before is over for long.
    await page.pass(60);
    await page.system.deployFunction("records-dev-get-record", { code: throws });
    for (let time = 0; time < 3; time += 1) await ask("GET", `/records/01a228d0-c541-71ce-8d6a-0aeee40940${time}a`);
    await page.pass(1);
    const alarms = async () => (await page.get("/api/alarms")).body.alarms;
    const firing = async () =>
      (await alarms())
        .filter(({ state }: { state: string }) => state === "ALARM")
        .map(({ name }: { name: string }) => name);
    expect(await firing()).toEqual(
      expect.arrayContaining(["records-dev-alarms-api-faults", "records-dev-alarms-get-record-faults"]),
    );
    const reported = async () =>
      (await page.get("/api/messages")).body.messages.filter(
        ({ subject }: { subject: string }) => subject === 'ALARM: "records-dev-alarms-api-faults"',
      );
    const [first] = await eventually(async () => {
      const all = await reported();
      return all.length > 0 ? all : undefined;
    });
    expect(JSON.parse(first.message)).toMatchObject({ NewStateValue: "ALARM", OldStateValue: "OK" });
    await page.pass(1);
    expect(await reported()).toHaveLength(1);
    // As long as the bad period is among those that are evaluated, nothing newer speaks against it.
    await page.pass(15);
    expect(await firing()).not.toContain("records-dev-alarms-api-faults");
    const [{ widgets }] = (await page.get("/api/dashboards?minutes=30&period=1")).body.dashboards;
    const errors = widgets.find(({ title }: { title: string }) => title === "Errors");
    const faults = errors.lines.find(({ label }: { label: string }) => label === "5XXError");
    expect(Math.max(...faults.points)).toBe(3);
  });

  (chromiumPath === undefined ? test.skip : test)(
    "each of them was one click away, for a person with a browser",
    () => {
      expect(found.length).toBeGreaterThanOrEqual(10);
      expect(found.filter(({ sentence, clicked }) => clicked !== sentence)).toEqual([]);
    },
  );
});

test("a message that always fails, which nobody waits for", async () => {
  const page = await startPage("user-management");
  try {
    const worker = page.system.runner.systems[0]?.functions.find(
      ({ name }) => /dev-dev-.*import/.test(name) && !/get-|import-users$/.test(name),
    );
    await page.system.deployFunction(worker!.name, { code: throws });
    const { routes } = (await page.get("/api/routes")).body;
    const route = routes.find(({ operationId }: { operationId: string }) => operationId === "importUsers");
    const { headers } = await page.system.ask("POST", route.path, { body: JSON.parse(route.example) });
    const found = await trouble(page, /failed: Error: it always fails/);
    expect(found.title).toContain(worker!.name);
    expect((await traceAt(page, found.href)).why.sentence).toContain("it always fails");
    // The request that led to it shows it, under the call that it made, and every time that it was tried again.
    await eventually(async () => {
      const { spans } = (await page.get(`/api/requests/${headers.get("x-amzn-requestid")}`)).body.trace;
      const tries = spans.filter(
        ({ name, kind }: { name: string; kind: string }) => name === worker!.name && kind === "function",
      );
      return tries.length === 3 &&
        tries.every(({ depth, failed }: { depth: number; failed: boolean }) => depth === 3 && failed)
        ? true
        : undefined;
    });
  } finally {
    await page.stop();
  }
});
