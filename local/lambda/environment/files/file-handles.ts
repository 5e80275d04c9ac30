import type { FileHandle } from "node:fs/promises";
import type { Descriptors } from "./descriptors";
import type { Space } from "./space";
import { systemError } from "./system-error";
import { sizeOfData, writtenBytes } from "./written-bytes";

type Method = (this: FileHandle, ...args: unknown[]) => unknown;

/** Methods that write, and those that change what a file says of itself. */
const writing = ["write", "writev", "writeFile", "appendFile", "truncate"];
const changing = ["chmod", "chown", "utimes"];

/** What `fs.promises.open` gives, whose methods know no path. */
export class FileHandles {
  private replaced = false;

  constructor(
    private readonly space: Space,
    private readonly descriptors: Descriptors,
  ) {}

  opened(handle: unknown, mayChange: boolean): void {
    const { fd } = handle as FileHandle;
    this.descriptors.opened(fd, mayChange);
    // All have their methods from one object, which no module exports.
    if (!this.replaced) this.replaceMethods(Object.getPrototypeOf(handle));
    this.replaced = true;
  }

  /** Data that comes piece by piece, for which there has to be space as it comes. */
  counted(data: unknown): unknown {
    if (typeof data !== "object" || data === null || ArrayBuffer.isView(data)) return data;
    if (!(Symbol.asyncIterator in data || Symbol.iterator in data)) return data;
    return this.pieces(data as AsyncIterable<unknown>);
  }

  private async *pieces(data: AsyncIterable<unknown>): AsyncGenerator<unknown> {
    for await (const piece of data) {
      this.take(sizeOfData(piece));
      yield piece;
    }
  }

  private take(bytes: number): void {
    if (bytes > 0 && !this.space.take(bytes)) throw systemError("ENOSPC", "write");
  }

  private replaceMethods(methods: Record<string, Method>): void {
    const { descriptors } = this;
    const put = (name: string, around: (call: Method) => Method): void => {
      const original = methods[name];
      if (original)
        Object.defineProperty(methods, name, { value: around(original), writable: true, configurable: true });
    };
    const take = (name: string, fd: number, args: readonly unknown[]): void =>
      this.take(writtenBytes[name === "truncate" ? "ftruncate" : name]?.([fd, ...args]) ?? 0);
    const counted = (data: unknown): unknown => this.counted(data);
    for (const name of writing) {
      put(
        name,
        (original) =>
          async function writing(...args) {
            take(name, this.fd, args);
            return original.call(this, ...(name.endsWith("File") ? [counted(args[0]), ...args.slice(1)] : args));
          },
      );
    }
    for (const name of changing) {
      put(
        name,
        (original) =>
          async function changing(...args) {
            descriptors.check(name, this.fd);
            return original.apply(this, args);
          },
      );
    }
    put(
      "close",
      (original) =>
        function close(...args) {
          descriptors.closed(this.fd);
          return original.apply(this, args);
        },
    );
  }
}
