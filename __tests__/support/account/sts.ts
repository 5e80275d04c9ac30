import type { Account } from "./contents";
import type { Service } from "./service";

/** STS, to which the access key "test" is the account of the environments, and every other one another's. */
export const sts =
  (_: Account): Service =>
  ({ headers }) => {
    const account = String(headers["authorization"]).includes("Credential=test/") ? "000000000000" : "111122223333";
    const identity = `<Account>${account}</Account><UserId>AIDA</UserId><Arn>arn:aws:iam::${account}:user/ada</Arn>`;
    const result = `<GetCallerIdentityResult>${identity}</GetCallerIdentityResult>`;
    return { body: `<GetCallerIdentityResponse>${result}</GetCallerIdentityResponse>` };
  };
