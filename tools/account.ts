import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { accountOf, credentials } from "./account/caller";

/** Who a stack is for; nobody in particular with Terraform Cloud, whose runs may have credentials of their own. */
function purposeOf(folder: string): { stack: string; region: string; accounts: readonly string[] }[] {
  const { provider, terraform } = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8"));
  const [{ region, allowed_account_ids: accounts }] = provider.aws;
  return terraform.cloud ? [] : [{ stack: basename(folder), region, accounts }];
}

/**
 * Whether the credentials at hand are of the account that stacks are for: `node run.js tools/account.ts cdktf.out/stacks/…`.
 * Says nothing where they are, and where there are none: not every plan needs some.
 */
async function main(folders: readonly string[]): Promise<void> {
  const purposes = folders.flatMap(purposeOf);
  const [first] = purposes;
  const given = first && (await credentials());
  if (!given) return;
  const account = await accountOf(given, first.region);
  if (account === undefined) {
    console.error(
      "credentials: AWS can't be asked whose they are; Terraform, which asks by itself, will refuse another's",
    );
    return;
  }
  const wrong = purposes.find(({ accounts }) => !accounts.includes(account));
  if (!wrong) return;
  throw new Error(
    `${wrong.stack}: credentials must be of account ${wrong.accounts.join(" or ")}, got some of ${account}; use others (AWS_PROFILE), or correct accountId in environments/`,
  );
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
