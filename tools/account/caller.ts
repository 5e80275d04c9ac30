import { SSMClient } from "@aws-sdk/client-ssm";
import { SignatureV4 } from "@smithy/signature-v4";

/** Any client will do: it knows how to find credentials, in the environment, profiles, or from what runs this. */
const { config } = new SSMClient({});

type Credentials = Awaited<ReturnType<typeof config.credentials>>;

/** The credentials that the SDK finds, and so does Terraform; none where there are none. */
export async function credentials(): Promise<Credentials | undefined> {
  try {
    return await config.credentials();
  } catch (error) {
    // That an SSO session is over, say, is told; that nothing was found is no fault.
    if ((error as Error).message.startsWith("Could not load credentials from any providers")) return undefined;
    throw error;
  }
}

/**
 * The account that credentials are of, as STS says (GetCallerIdentity, which needs no right); none when it can't be asked,
 * as from behind a proxy.
 *
 * @throws Error with what STS says of credentials that it does not take
 */
export async function accountOf(given: Credentials, region: string): Promise<string | undefined> {
  const endpoint = process.env["AWS_ENDPOINT_URL_STS"] ?? process.env["AWS_ENDPOINT_URL"];
  const url = new URL(endpoint ?? `https://sts.${region}.amazonaws.com`);
  const text = await ask(url, given, region).catch(() => undefined);
  if (text === undefined) return undefined;
  const [, account] = /<Account>(\d{12})<\/Account>/.exec(text) ?? [];
  if (account) return account;
  const [, code = text] = /<Code>(\w+)<\/Code>/.exec(text) ?? [];
  throw new Error(`credentials: AWS does not take them (${code}); renew them, or unset them to plan without`);
}

async function ask({ protocol, hostname, host, port }: URL, given: Credentials, region: string): Promise<string> {
  const body = "Action=GetCallerIdentity&Version=2011-06-15";
  const signer = new SignatureV4({ service: "sts", region, credentials: given, sha256: config.sha256 });
  const { headers } = await signer.sign({
    method: "POST",
    protocol,
    hostname,
    ...(port === "" ? {} : { port: Number(port) }),
    path: "/",
    query: {},
    headers: { host, "content-type": "application/x-www-form-urlencoded" },
    body,
  });
  const answer = await fetch(`${protocol}//${host}/`, { method: "POST", headers, body });
  return answer.text();
}
