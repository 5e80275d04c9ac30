import { sessionArn } from "../../aws/arn";
import { queryProtocol } from "./query-protocol";
import { notEmulated, type Service } from "./service";

const { success, failure } = queryProtocol("https://sts.amazonaws.com/doc/2011-06-15/");

/** STS: who one is, which everybody may ask (STS API reference, GetCallerIdentity). */
export const stsService = (): Service => ({
  failure,
  operation: ({ body, caller: { accountId, roleArn, functionName } }) => {
    const operation = new URLSearchParams(body.toString("utf8")).get("Action") ?? "";
    if (operation !== "GetCallerIdentity") throw notEmulated("STS", operation);
    const arn = sessionArn(roleArn, functionName);
    // The first part is the role's unique id, which IAM makes up.
    const identity = { Arn: arn, UserId: `AROALOCAL:${functionName}`, Account: accountId };
    return { needs: [], run: () => success(operation, identity) };
  },
});
