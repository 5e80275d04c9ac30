import { basename } from "node:path";
import { GetCallerIdentityCommand, STSClient, STSServiceException } from "@aws-sdk/client-sts";
import { UserError } from "../lib/user-error";
import { providerOf, readStack } from "../stack-json/document";
import { command } from "./command";

/**
 * The accounts that stacks are for; none in particular with Terraform Cloud, whose runs may have credentials of their
 * own.
 */
function purposeOf(folder: string): { stack: string; region: string; accounts: readonly string[] }[] {
  const stack = readStack(folder);
  const { region, accounts } = providerOf(stack);
  return stack.terraform?.["cloud"] ? [] : [{ stack: basename(folder), region, accounts }];
}

/** Whether the SDK finds credentials, and so would Terraform. Errors, such as an expired SSO session, are reported. */
async function hasCredentials({ config }: STSClient): Promise<boolean> {
  try {
    await config.credentials();
    return true;
  } catch (error) {
    if ((error as Error).message.startsWith("Could not load credentials from any providers")) return false;
    throw error;
  }
}

/**
 * The account of the caller's credentials (GetCallerIdentity needs no right); none when there are none, or STS
 * can't be reached, as through a proxy.
 */
async function account(region: string): Promise<string | undefined> {
  const client = new STSClient({ region });
  if (!(await hasCredentials(client))) return undefined;
  try {
    return (await client.send(new GetCallerIdentityCommand())).Account;
  } catch (error) {
    if (error instanceof STSServiceException) {
      const said = `credentials: AWS does not take them (${error.name}); renew them, or unset them to plan without`;
      throw new UserError(said);
    }
    console.error(
      "credentials: AWS can't be asked whose they are; Terraform, which asks by itself, will refuse another's",
    );
    return undefined;
  }
}

/**
 * Whether the caller's credentials are of the account that stacks are for: `node run.js tools/account.ts
 * cdktf.out/stacks/…`. Says nothing where they are, and where there are none: not every plan needs some.
 */
async function main(folders: readonly string[]): Promise<void> {
  const purposes = folders.flatMap(purposeOf);
  const given = purposes[0] && (await account(purposes[0].region));
  const wrong = given && purposes.find(({ accounts }) => !accounts.includes(given));
  if (!wrong) return;
  throw new UserError(
    `${wrong.stack}: credentials must be of account ${wrong.accounts.join(" or ")}, got some of ${given}; use others (AWS_PROFILE), or correct accountId in environments/`,
  );
}

const usage = `node run.js tools/account.ts <folders of stacks…>

Refuses credentials that are of another account than the stacks are for.`;

void command(usage, {}, async ({ positionals }) => {
  await main(positionals);
  return undefined;
});
