import type { IncomingMessage } from "node:http";

/** Names of this machine, in the forms of a Host header. */
const ownNames = ["localhost", "127.0.0.1", "[::1]"];

/** Foreign names that are reported: a page may try any number of them. */
const MOST_REPORTED = 20;

/**
 * The names by which a server may be asked. A page of another site that has its own name lead to this machine (DNS
 * rebinding) still sends that name, and so gets nothing.
 */
export class HostNames {
  private readonly own: ReadonlySet<string>;
  private readonly reported = new Set<string>();

  /**
   * @param more beside those of this machine, in lower case
   * @param problem reports each foreign name once
   */
  constructor(
    more: readonly string[],
    private readonly problem: (message: string) => void,
  ) {
    this.own = new Set([...ownNames, ...more]);
  }

  /** Whether a request names one of them, or one of these others. */
  include({ headers }: IncomingMessage, others: readonly string[] = []): boolean {
    // Without a host it is no browser's: HTTP/1.1 has one always.
    if (headers.host === undefined) return true;
    const name = headers.host.replace(/:\d*$/, "").toLowerCase();
    if (this.own.has(name) || others.includes(name)) return true;
    this.report(name);
    return false;
  }

  private report(name: string): void {
    if (this.reported.has(name) || this.reported.size >= MOST_REPORTED) return;
    this.reported.add(name);
    this.problem(`a request for the host ${JSON.stringify(name)} was refused; --allow-host ${name} lets such in`);
  }
}
