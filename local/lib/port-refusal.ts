import { UserError } from "../../lib/user-error";

export interface WantedPort {
  readonly port: number;
  /** Whose it would be: `records` */
  readonly of: string;
  /** Which option chooses it. */
  readonly option: string;
}

/** Why there is no listening on a port, who may be in the way, and what helps. */
export function portRefusal({ port, of, option }: WantedPort, { code, message }: NodeJS.ErrnoException): UserError {
  const which = `port ${port} of ${of}`;
  if (code === "EADDRINUSE") {
    const holder = `another local run or another program has it (lsof -i :${port} names it)`;
    return new UserError(`${which} is in use: ${holder}; stop that, or choose another with ${option}`);
  }
  if (code === "EACCES") return new UserError(`${which} is not yours to open; choose one above 1023 with ${option}`);
  if (code === "ERR_SOCKET_BAD_PORT") {
    return new UserError(`${which} is beyond 65535, the last there is; choose a lower one with ${option}`);
  }
  return new UserError(`${which} can't be opened: ${message}; choose another with ${option}`);
}
