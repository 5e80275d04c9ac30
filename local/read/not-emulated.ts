import { UserError } from "../../lib/user-error";

/**
 * The error about an argument that would make the local run act differently from AWS.
 *
 * @param what the argument, and what it would do
 */
export const notEmulated = (address: string, what: string): Error =>
  new UserError(
    `${address}: ${what}; leave it out of the environment that runs here (environments/dev.ts), or try this stack on AWS`,
  );
