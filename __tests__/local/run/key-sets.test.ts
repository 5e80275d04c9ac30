import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { strToU8, zipSync } from "fflate";
import { temporaryFolder } from "../support/stack-file";
import { startSeveral, stopWrittenStacks, type WrittenStack } from "../support/written-stack";

afterAll(stopWrittenStacks);

/** Of a top-level domain that nobody can have (RFC 6761, 6.4). */
const issuer = "https://people.invalid/things/";
const keySet = "https://people.invalid/things/.well-known/jwks.json";

/** Asks for a URL, in each of the ways in which code does. */
const code = `
  const https = require("node:https");
  const { get } = https;
  const textOf = (response) => new Promise((resolve, reject) => {
    let text = "";
    response.on("data", (chunk) => (text += chunk)).on("end", () => resolve([response.statusCode, text])).on("error", reject);
  });
  const asked = (send) => new Promise((resolve, reject) => send(resolve).on("error", reject)).then(textOf);
  const ways = {
    fetch: async (url) => { const response = await fetch(url); return [response.status, await response.text()]; },
    url: async (url) => ways.fetch(new URL(url)),
    request: async (url) => ways.fetch(new Request(url, { headers: { accept: "application/json" } })),
    posted: async (url) => { const response = await fetch(url, { method: "POST", body: "{}" }); return [response.status, ""]; },
    get: (url) => asked((then) => get(url, then)),
    getWithOptions: (url) => asked((then) => https.get(new URL(url), { timeout: 1000 }, then)),
    options: (url) => {
      const { hostname, pathname } = new URL(url);
      return asked((then) => https.request({ hostname, path: pathname, method: "GET", agent: https.globalAgent }, then).end());
    },
  };
  exports.handler = async ({ url, way }) => {
    try {
      return await ways[way](url);
    } catch (error) {
      return [0, String(error.cause?.code ?? error.code)];
    }
  };`;

/** A stack with a function of this name and with these variables, and other resources. */
function stackOf(name: string, variables: Record<string, string>, others: object = {}): object {
  const filename = join(temporaryFolder(), "code.zip");
  writeFileSync(filename, zipSync({ "index.js": strToU8(code) }));
  const trust = JSON.stringify({ Version: "2012-10-17", Statement: [] });
  return {
    resource: {
      aws_iam_role: { f: { name, assume_role_policy: trust } },
      aws_lambda_function: {
        f: {
          ...{ function_name: name, role: "${aws_iam_role.f.arn}", handler: "index.handler", runtime: "nodejs24.x" },
          ...{ filename, timeout: 20, memory_size: 256, environment: { variables } },
        },
      },
      ...others,
    },
  };
}

const variables = {
  TOKEN_ISSUER: issuer,
  TOKEN_AUDIENCE: "things",
  TOKEN_KEY_SET_URL: "https://keys.invalid/things?of=people",
};
const pool = "https://cognito-idp.us-east-1.amazonaws.com";

let stacks: WrittenStack;
beforeAll(async () => {
  const people = { aws_cognito_user_pool: { people: { name: "people" } } };
  stacks = await startSeveral({
    things: stackOf("things", variables),
    pools: stackOf("pools", { POOL: "${aws_cognito_user_pool.people.id}" }, people),
    others: stackOf("others", {}),
  });
});

async function asks(FunctionName: string, url: string, way = "fetch"): Promise<[status: number, text: string]> {
  const { AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = await stacks.runner.access();
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  const client = new LambdaClient({ endpoint: AWS_ENDPOINT_URL, region: AWS_REGION, credentials, maxAttempts: 1 });
  const { Payload } = await client.send(
    new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify({ url, way })) }),
  );
  return JSON.parse(Buffer.from(Payload!).toString());
}

describe("a function whose stack names an issuer gets the key set of this machine", () => {
  const keys = () => stacks.runner.signingKeys;

  it.each(["fetch", "url", "request", "get", "getWithOptions", "options"])("by %s", async (way) => {
    const [status, text] = await asks("things", keySet, way);
    expect([status, JSON.parse(text)]).toEqual([200, keys().keySet(issuer)]);
  });

  it("at the URL that its variables name, and by what the issuer says of itself", async () => {
    const [, text] = await asks("things", variables.TOKEN_KEY_SET_URL);
    expect(JSON.parse(text)).toEqual(keys().keySet(issuer));
    const [, configuration] = await asks("things", "https://people.invalid/things/.well-known/openid-configuration");
    expect(JSON.parse(configuration)).toMatchObject({ issuer, jwks_uri: keySet });
  });

  it("of a user pool, too", async () => {
    const { issuer: name = "" } = stacks.runner.systems[1]?.issuers[0] ?? {};
    expect(name.startsWith(`${pool}/us-east-1_`)).toBe(true);
    const [status, text] = await asks("pools", `${name}/.well-known/jwks.json`);
    expect([status, JSON.parse(text)]).toEqual([200, keys().keySet(name)]);
  });

  it("with the key that it signs by from now on, and the one before", async () => {
    const [before] = keys().keySet(issuer)?.keys ?? [];
    await keys().rotate(issuer);
    const [, text] = await asks("things", keySet);
    const { keys: now } = JSON.parse(text);
    expect([now.length, now[1]]).toEqual([2, before]);
    expect(now[0].kid).not.toBe(before?.kid);
  });
});

it("an issuer whose keys were damaged answers as one that has failed, until they are mended, and the others go on", async () => {
  const file = join(stacks.data, "signing-keys.json");
  const whole = readFileSync(file);
  writeFileSync(file, "{");
  expect(await asks("things", keySet)).toEqual([500, ""]);
  expect((await asks("things", "https://people.invalid/things/.well-known/openid-configuration"))[0]).toBe(200);
  writeFileSync(file, whole);
  expect((await asks("things", keySet))[0]).toBe(200);
});

describe("nothing is answered here", () => {
  it.each<[string, string, string, string]>([
    ["to a function of another stack", "others", keySet, "fetch"],
    ["to one of another stack that has an issuer of its own", "pools", keySet, "get"],
    ["of another document of the issuer's host", "things", "https://people.invalid/things/users", "fetch"],
    ["of the same path without TLS", "things", keySet.replace("https:", "http:"), "fetch"],
    ["of the same path at another port", "things", keySet.replace(".invalid", ".invalid:8443"), "get"],
    ["of a name that all objects have", "things", "https://people.invalid/constructor", "fetch"],
  ])("%s", async (_title, name, url, way) => {
    const [status, text] = await asks(name, url, way);
    // Nobody else has it either: the name does not exist.
    expect([status, text]).toEqual([0, expect.stringMatching(/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ERR_/)]);
  });

  it("to what would change it", async () => {
    expect((await asks("things", keySet, "posted"))[0]).toBe(405);
  });
});

test("private keys are in a file of the runner's that only its owner can read, and in none of its events", () => {
  const { runner, events, data } = stacks;
  expect(statSync(join(data, "signing-keys.json")).mode & 0o777).toBe(0o600);
  expect(JSON.stringify([events, runner.systems])).not.toMatch(/PRIVATE KEY/);
});
