import { open, url } from "node:inspector";
import { UserError } from "../../lib/user-error";
import { shareStandstill } from "../lib/standstill";

/**
 * Lets debuggers attach, to this process and through it to every function's thread. From here on time limits wait while
 * one of these is stopped.
 *
 * @param port 0 for any
 * @returns the debugger's address: `ws://127.0.0.1:9229/…`
 * @throws UserError when the port is taken
 */
export function openInspector(port: number): string {
  open(port, "127.0.0.1");
  const address = url();
  if (address === undefined) throw new UserError(`port ${port} is in use; choose another with --inspect=<port>`);
  shareStandstill();
  return address;
}
