import { systemError } from "./system-error";
import { sizeOfData } from "./written-bytes";

/** Operations that change a file through its descriptor although it was opened for reading. */
const changing: ReadonlySet<string> = new Set(["fchmod", "fchown", "futimes", "chmod", "chown", "utimes"]);

const bytesOf = (data: unknown, offset: unknown, length: unknown): Uint8Array => {
  if (typeof data === "string") return Buffer.from(data);
  if (!ArrayBuffer.isView(data)) return new Uint8Array();
  const from = typeof offset === "number" ? offset : 0;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return bytes.subarray(from, typeof length === "number" ? from + length : undefined);
};

/**
 * The numbers of an environment's open files. All threads of the process share them: those of others are none here, and the
 * standard streams are Lambda's: input is empty, output goes to the log.
 */
export class Descriptors {
  /** Whether each may be changed. */
  private readonly own = new Map<number, boolean>();

  constructor(private readonly log: (text: string) => void) {}

  opened(fd: number, mayChange: boolean): void {
    this.own.set(fd, mayChange);
  }

  closed(fd: number): void {
    this.own.delete(fd);
  }

  /** @throws Error of a system call on a file that is not this environment's, or that it may not change */
  check(operation: string, fd: number): void {
    const mayChange = this.own.get(fd);
    if (mayChange === undefined && fd > 2) throw systemError("EBADF", operation);
    if (mayChange !== true && changing.has(operation)) throw systemError("EROFS", operation);
  }

  /** Result of an operation on a standard stream; undefined for what Node.js itself may do. */
  ofStandardStream(operation: string, args: readonly unknown[]): { readonly value: unknown } | undefined {
    const [fd, data, offset, length] = args;
    if (typeof fd !== "number" || fd < 0 || fd > 2 || this.own.has(fd)) return undefined;
    if (operation === "write") return { value: this.write(bytesOf(data, offset, length)) };
    if (operation === "writeFile" || operation === "appendFile") {
      this.write(bytesOf(data, 0, undefined));
      return { value: undefined };
    }
    if (operation === "writev" && Array.isArray(data)) {
      for (const part of data) this.write(bytesOf(part, 0, undefined));
      return { value: data.reduce((sum: number, part) => sum + sizeOfData(part), 0) };
    }
    if (operation === "read" || operation === "readv") return { value: 0 };
    if (operation === "readFile") return { value: data === undefined ? Buffer.alloc(0) : "" };
    return operation === "close" ? { value: undefined } : undefined;
  }

  private write(bytes: Uint8Array): number {
    this.log(Buffer.from(bytes).toString());
    return bytes.byteLength;
  }
}
