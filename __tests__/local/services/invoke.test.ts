import { eventually } from "../../support/eventually";
import { definitionWith } from "../support/functions";
import { allow, everything, principal, type Running, startServices } from "../support/services";
import { ask } from "../support/signed";

const arn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

let running: Running;
const invoked: unknown[] = [];
beforeAll(async () => {
  running = await startServices(
    {},
    {
      invoke: async (functionArn, payload, asynchronous) => {
        invoked.push({ functionArn, payload, asynchronous });
        if (functionArn.endsWith("missing")) return undefined;
        if (functionArn.endsWith("busy")) return { payload: "", throttled: "function" as const };
        const executedVersion = functionArn.endsWith(":live") ? "7" : "$LATEST";
        return {
          ...{ payload: '{"n":1}', executedVersion },
          ...(functionArn.endsWith("broken") ? { functionError: "Unhandled" } : {}),
        };
      },
    },
  );
});
afterAll(() => running.stop());

const invoke = (name: string, headers: Record<string, string> = {}, body = '{"a":1}') =>
  ask(running.url, "lambda", { path: `/2015-03-31/functions/${name}/invocations`, headers, body });

test("a function invokes a function, and waits for it or not", async () => {
  expect(await invoke("other")).toMatchObject({ status: 200, text: '{"n":1}' });
  expect((await invoke("broken")).headers.get("x-amz-function-error")).toBe("Unhandled");
  expect(await invoke("other", { "x-amz-invocation-type": "Event" })).toMatchObject({ status: 202, text: "" });
  expect(invoked.at(-1)).toEqual({
    functionArn: arn("other"),
    payload: '{"a":1}',
    asynchronous: true,
  });
});

test.each([
  [
    "missing",
    "{}",
    404,
    "ResourceNotFoundException",
    /^Function not found: arn:aws:lambda:us-east-1:000000000000:function:missing:\$LATEST$/,
  ],
  ["busy", "{}", 429, "TooManyRequestsException", /^Rate Exceeded\.$/],
  [
    "other",
    "{",
    400,
    "InvalidRequestContentException",
    /^Could not parse request body into json: Could not parse payload into json: /,
  ],
])("invoking %s with %s is refused as recorded", async (name, body, status, type, message) => {
  const said = await invoke(name, {}, body);
  expect([said.status, said.headers.get("x-amzn-errortype")]).toEqual([status, type]);
  expect(JSON.parse(said.text).message).toMatch(message);
});

test("a version that is not there is named as it was asked for", async () => {
  const said = await invoke("nine:missing");
  expect(JSON.parse(said.text).message).toBe(`Function not found: ${arn("nine:missing")}`);
});

test.each(["other:live", `${arn("other")}:live`, "000000000000:function:other:live", "other"])(
  "%s with its alias is the right that is asked for",
  async (name) => {
    const path = `/2015-03-31/functions/${encodeURIComponent(name)}/invocations`;
    const query: Record<string, string> = name === "other" ? { Qualifier: "live" } : {};
    const call = () => ask(running.url, "lambda", { path, query, body: "{}" });
    await running.configure({ principals: [principal(allow("lambda:InvokeFunction", arn("other")))] });
    expect((await call()).status).toBe(403);
    await running.configure({ principals: [principal(allow("lambda:InvokeFunction", arn("other:live")))] });
    expect((await call()).status).toBe(200);
    expect(invoked.at(-1)).toMatchObject({ functionArn: arn("other:live") });
    await running.configure({ principals: [principal(everything)] });
  },
);

test("an event takes 1 MiB, a call that waits more", async () => {
  const [fits, over] = [`"${"x".repeat(1_048_574)}"`, `"${"x".repeat(1_048_575)}"`];
  const event = { "x-amz-invocation-type": "Event" };
  expect((await invoke("other", event, fits)).status).toBe(202);
  expect((await invoke("other", {}, over)).status).toBe(200);
  const said = await invoke("other", event, over);
  expect([said.status, said.headers.get("x-amzn-errortype")]).toEqual([413, "RequestEntityTooLargeException"]);
  expect(JSON.parse(said.text).message).toBe(
    "1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)",
  );
});

test.each([
  ["other", "$LATEST"],
  ["other:live", "7"],
])("a call of %s says that version %s was executed", async (name, version) => {
  const said = await invoke(encodeURIComponent(name));
  expect(said.headers.get("x-amz-executed-version")).toBe(version);
});

test("a type of invocation that there is not is refused", async () => {
  expect((await invoke("other", { "x-amz-invocation-type": "Later" })).status).toBe(400);
});

test("a dry run says that the caller may invoke the function, and nothing is called", async () => {
  const dry = { "x-amz-invocation-type": "DryRun" };
  await running.configure({ functions: [definitionWith({ name: "there", arn: arn("there") })] });
  const before = invoked.length;
  expect(await invoke("there", dry)).toMatchObject({ status: 204, text: "" });
  expect((await invoke("there", dry, "{")).status).toBe(400);
  expect((await invoke("there:nine", dry)).status).toBe(404);
  expect((await invoke("other", dry)).status).toBe(404);
  expect(invoked).toHaveLength(before);
});

test.each([
  ["x-amz-log-type", "Tail", "LogType"],
  ["x-amz-client-context", "e30=", "ClientContext"],
  ["x-amz-durable-execution-name", "x", "DurableExecutionName"],
  ["x-amz-tenant-id", "x", "TenantId"],
])("%s is not emulated, and reported", async (header, value, member) => {
  const said = await invoke("other", { [header]: value });
  expect([said.status, JSON.parse(said.text).message]).toEqual([501, `Lambda ${member} of Invoke is not emulated`]);
  await eventually(() => running.events.find(({ event }) => event === "problem"));
});

test("no log is asked for by None", async () => {
  expect((await invoke("other", { "x-amz-log-type": "None" })).status).toBe(200);
});

test.each(["null", "[]", "{"])("a body %s that is no JSON object is refused, and not a failure", async (body) => {
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AmazonSSM.GetParameter" };
  const said = await ask(running.url, "ssm", { headers, body });
  expect([said.status, JSON.parse(said.text).__type]).toEqual([400, "SerializationException"]);
});

test.each([
  ["lambda", "InvalidSignatureException"],
  ["s3", "RequestTimeTooSkewed"],
])("a request to %s that was signed long ago is only repeated, and refused", async (service, code) => {
  const at = (minutes: number) =>
    ask(running.url, service, {
      path: "/2015-03-31/functions/other/invocations",
      body: "{}",
      signingDate: new Date(Date.now() + minutes * 60_000),
    });
  for (const minutes of [-16, 16])
    expect(await at(minutes)).toMatchObject({ status: 403, text: expect.stringContaining(code) });
  expect((await at(-14)).status).not.toBe(403);
});

test.each([
  ["%00", "", "functionName"],
  ["a%20b", "", "functionName"],
  ["%C3%BC", "", "functionName"],
  ["other:live:more", "", "functionName"],
  ["arn:aws:sqs:us-east-1:000000000000:other", "", "functionName"],
  ["other", "%00", "qualifier"],
  ["other", "a%0Ab", "qualifier"],
  ["other", "%E2%82%AC", "qualifier"],
])(
  "a function that is called %s?Qualifier=%s breaks the pattern of names, in reading and in calling",
  async (name, qualifier, member) => {
    const query: Record<string, string> = qualifier === "" ? {} : { Qualifier: decodeURIComponent(qualifier) };
    for (const more of [
      { path: `/2015-03-31/functions/${name}/invocations`, method: "POST", body: "" },
      { path: `/2015-03-31/functions/${name}`, method: "GET", body: "" },
    ]) {
      const said = await ask(running.url, "lambda", { query, ...more });
      expect([said.status, said.headers.get("x-amzn-errortype")]).toEqual([400, "ValidationException"]);
      expect(JSON.parse(said.text).message).toContain(
        `at '${member}' failed to satisfy constraint: Member must satisfy regular`,
      );
    }
  },
);

test("a qualifier of no characters names no version", async () => {
  const path = "/2015-03-31/functions/other/invocations";
  expect((await ask(running.url, "lambda", { path, query: { Qualifier: "" }, body: "{}" })).status).toBe(200);
  expect(invoked.at(-1)).toMatchObject({ functionArn: arn("other") });
});
