import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { readCommandLine } from "../../lib/command-line";
import { UserError, wordsOf } from "../../lib/user-error";
import { type NamedIssuer, SigningKeys, signingKeysFile } from "./signing-keys";
import { claimsOf } from "./token-claims";

const help = `Usage: npm run -s token -- <subject> [options]

Prints a token for somebody, signed by keys of this machine, which the systems that npm start runs, or ran last, take in
place of their issuer's. Nobody else takes it.

  --scope <scope>    what it is for: records:write, or things/write of a user pool; may be repeated. Of a user pool a token
                     with scopes is an access token, and one without is an identity token
  --expires <time>   how long it lives: 90s, 30m, 1h, 7d (1h); -1m is one that is over
  --system <name>    the system that it is for, where several take tokens
  --issuer <url>     whose token it is, where a system takes those of several
  --audience <text>  for whom it is (TOKEN_AUDIENCE of the stack, or the first client of the user pool)
  --new-key          sign by a new key from now on; the one before is in the key set until the next one, and functions that
                     have asked for keys may take half a minute to ask again
  --data <folder>    where the local run keeps its keys (.local)
  --help             this text

  curl -H "Authorization: Bearer $(npm run -s token -- ada --scope records:write)" http://localhost:3000/dev/records
`;

const options = {
  scope: { type: "string", multiple: true },
  expires: { type: "string", default: "1h" },
  system: { type: "string" },
  issuer: { type: "string" },
  audience: { type: "string" },
  "new-key": { type: "boolean", default: false },
  data: { type: "string", default: ".local" },
  help: { type: "boolean", default: false },
} as const;

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

function secondsIn(text: string): number {
  const [, amount, unit = ""] = /^(-?\d{1,5})([smhd])$/.exec(text) ?? [];
  const seconds = Number(amount) * (units[unit] ?? 0);
  if (Number.isFinite(seconds)) return seconds;
  throw new UserError(`--expires must be a time like 90s, 30m, 1h or 7d, got ${text}`);
}

function scopesIn(given: readonly string[]): readonly string[] {
  // RFC 6749, 3.3.
  const wrong = given.find((scope) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope));
  if (wrong === undefined) return given;
  throw new UserError(
    `--scope must be one scope without spaces and quotes, got "${wrong}"; repeat --scope for several`,
  );
}

interface Choice {
  readonly system?: string | undefined;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
}

const listed = (named: readonly NamedIssuer[]): string =>
  named.map(({ system, issuer }) => `${issuer} (--system ${system})`).join(", ");

/** The one that a person means. @throws UserError when it is none, or could be several */
function chosen(named: readonly NamedIssuer[], { system, issuer, audience }: Choice): NamedIssuer {
  if (named.length === 0) {
    throw new UserError(
      "no system that was started here takes tokens; npm start -- <system> makes the keys of one with access for users",
    );
  }
  const ofSystem = named.filter((one) => system === undefined || one.system === system);
  if (ofSystem.length === 0) {
    throw new UserError(`--system ${system} takes no tokens, or was not started; these do: ${listed(named)}`);
  }
  const fitting = ofSystem.filter((one) => issuer === undefined || one.issuer === issuer);
  const [first] = fitting;
  if (!first) throw new UserError(`--issuer ${issuer} is none of those whose tokens are taken: ${listed(ofSystem)}`);
  if (fitting.some((one) => one.issuer !== first.issuer)) {
    const option = new Set(fitting.map((one) => one.system)).size > 1 ? "--system, or --issuer" : "--issuer";
    throw new UserError(`tokens of several issuers are taken: ${listed(fitting)}; choose with ${option}`);
  }
  if (audience === undefined && fitting.some((one) => one.audiences[0] !== first.audiences[0])) {
    throw new UserError(`${first.issuer} gives out tokens for several audiences: choose with --system, or --audience`);
  }
  return first;
}

async function print(args: readonly string[]): Promise<void> {
  const { values, positionals } = readCommandLine(args, options);
  if (values.help) return void process.stdout.write(help);
  const [subject, ...others] = positionals;
  if (subject === undefined || subject === "" || others.length > 0) {
    throw new UserError(
      `one subject is needed, whom the token is about (npm run -s token -- ada), got ${positionals.length}`,
    );
  }
  const [seconds, scopes] = [secondsIn(values.expires), scopesIn(values.scope ?? [])];
  const folder = resolve(values.data);
  const file = join(folder, signingKeysFile);
  if (!existsSync(file)) {
    const what = `there are no keys in ${folder}`;
    throw new UserError(
      `${what}: npm start makes them when it runs a system that takes tokens; --data names another folder`,
    );
  }
  const keys = new SigningKeys(file);
  const { audience } = values;
  const issuer = chosen(keys.named(), values);
  if (values["new-key"]) await keys.rotate(issuer.issuer);
  const token = keys.sign(issuer.issuer, claimsOf(issuer, { subject, scopes, audience, seconds }, Date.now()));
  process.stdout.write(`${token}\n`);
}

print(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${wordsOf(error)}\n`);
  process.exitCode = 1;
});
