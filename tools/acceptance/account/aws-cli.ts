import { execFile } from "node:child_process";
import type { Credentials } from "@aws-sdk/client-sts";

/** How AWS says that somebody may not, whichever service is asked. */
const refused = /\((AccessDenied|AccessDeniedException|UnauthorizedOperation)\)/;

/**
 * Whether credentials allow a call, which AWS's command line makes. With `--dry-run`, EC2 says so without doing it.
 *
 * @throws Error where it fails for any other reason
 */
export function isAllowed(args: readonly string[], region: string, credentials: Credentials): Promise<boolean> {
  const { AWS_PROFILE: _, ...others } = process.env;
  const { AccessKeyId, SecretAccessKey, SessionToken } = credentials;
  const env = {
    ...others,
    AWS_ACCESS_KEY_ID: AccessKeyId,
    AWS_SECRET_ACCESS_KEY: SecretAccessKey,
    AWS_SESSION_TOKEN: SessionToken,
    AWS_PAGER: "",
  };
  return new Promise((resolve, reject) => {
    execFile("aws", [...args, "--region", region], { env }, (error, _stdout, stderr) => {
      if (!error || stderr.includes("(DryRunOperation)")) resolve(true);
      else if (refused.test(stderr)) resolve(false);
      else if (error.code === "ENOENT") reject(new Error("aws must be on the PATH, got none; install it"));
      else reject(new Error(`aws ${args.slice(0, 2).join(" ")} failed: ${stderr.trim()}`));
    });
  });
}
