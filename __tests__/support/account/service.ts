/** A call of AWS's, as a service of the account gets it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** The region that the call was signed for. */
  readonly region: string;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export type Service = (asked: Asked) => Answer | Promise<Answer>;

// biome-ignore lint/suspicious/noExplicitAny: each operation reads what clients send, and a wrong path fails a test
export type Input = any;

/** `X-Amz-Target: Logs_20140328.FilterLogEvents` → `FilterLogEvents` */
export const targetOf = ({ headers }: Asked): string => String(headers["x-amz-target"]).split(".").at(-1) ?? "";

/** A service that is spoken to in JSON, by operation. */
export const jsonService =
  (operations: Readonly<Record<string, (input: Input, asked: Asked) => unknown>>): Service =>
  async (asked) => {
    const operation = operations[targetOf(asked)];
    if (!operation) return { status: 400, body: JSON.stringify({ __type: `Unknown${targetOf(asked)}` }) };
    try {
      const output = await operation(JSON.parse(asked.body.toString()), asked);
      return { headers: { "content-type": "application/x-amz-json-1.1" }, body: JSON.stringify(output ?? {}) };
    } catch (error) {
      const { message } = error as Error;
      return { status: 400, body: JSON.stringify({ __type: message, message }) };
    }
  };
