import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bodyOf, startAwsServer } from "../support/aws-server";

const root = join(__dirname, "../..");
const stacks = mkdtempSync(join(tmpdir(), "account-"));

/** A stack for an account, as far as it matters here. */
function stackFor(account: string, terraform = {}): string {
  const folder = join(stacks, "things-dev");
  const provider = { aws: [{ region: "eu-west-1", allowed_account_ids: [account] }] };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify({ provider, terraform }));
  return folder;
}

const keys = { AWS_ACCESS_KEY_ID: "mine", AWS_SECRET_ACCESS_KEY: "secret" };

const refusal =
  "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>no</Message></Error></ErrorResponse>";

/** STS, which knows one key. */
const sts = () =>
  startAwsServer(async (request, response) => {
    const isAsked = /\bAction=GetCallerIdentity\b/.test(await bodyOf(request));
    const isKnown = request.headers.authorization?.includes("Credential=mine/") ?? false;
    const isSigned = request.headers.authorization?.includes("/eu-west-1/sts/aws4_request") ?? false;
    if (!isAsked || !isKnown || !isSigned) return void response.writeHead(403).end(refusal);
    const result = "<GetCallerIdentityResult><Account>111122223333</Account></GetCallerIdentityResult>";
    response.end(`<GetCallerIdentityResponse>${result}</GetCallerIdentityResponse>`);
  });

/** Runs the check on a stack, with nothing in the environment but what is given. */
async function check(folder: string, environment: Record<string, string>) {
  const server = await sts();
  const env = {
    PATH: process.env["PATH"],
    HOME: stacks,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    AWS_ENDPOINT_URL_STS: server.url,
    ...environment,
  };
  const result = await new Promise<{ status: unknown; said: string }>((resolve) => {
    execFile("node", ["run.js", "tools/account.ts", folder], { cwd: root, env }, (error, stdout, stderr) =>
      resolve({ status: error?.code ?? 0, said: stdout + stderr }),
    );
  });
  await server.stop();
  return { ...result, asked: server.calls.length };
}

it("says nothing of credentials that are of the stack's account", async () => {
  expect(await check(stackFor("111122223333"), keys)).toEqual({ status: 0, said: "", asked: 1 });
});

it("refuses credentials of another account, in one line that names both", async () => {
  expect(await check(stackFor("444455556666"), keys)).toMatchObject({
    status: 1,
    said: "things-dev: credentials must be of account 444455556666, got some of 111122223333; use others (AWS_PROFILE), or correct accountId in environments/\n",
  });
});

it("is out of the way where there are no credentials", async () => {
  expect(await check(stackFor("444455556666"), {})).toEqual({ status: 0, said: "", asked: 0 });
});

it("leaves Terraform Cloud to its own credentials", async () => {
  const folder = stackFor("444455556666", { cloud: { organization: "example" } });

  expect(await check(folder, keys)).toEqual({ status: 0, said: "", asked: 0 });
});

it("says what AWS says of credentials that it does not take", async () => {
  expect(await check(stackFor("111122223333"), { ...keys, AWS_ACCESS_KEY_ID: "old" })).toMatchObject({
    status: 1,
    said: "credentials: AWS does not take them (InvalidClientTokenId); renew them, or unset them to plan without\n",
  });
});

it("says so when AWS can't be reached, and leaves the refusal to Terraform", async () => {
  const unreachable = { ...keys, AWS_ENDPOINT_URL_STS: "http://127.0.0.1:1" };

  expect(await check(stackFor("444455556666"), unreachable)).toMatchObject({
    status: 0,
    said: "credentials: AWS can't be asked whose they are; Terraform, which asks by itself, will refuse another's\n",
  });
});
