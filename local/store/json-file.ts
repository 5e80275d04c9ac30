import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { isObject } from "../../lib/json";
import { messageOf, UserError } from "../../lib/user-error";
import { StorageError } from "./storage-error";

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new StorageError(path, "read", error);
  }
}

function textsIn(json: string): Map<string, string> {
  const value: unknown = JSON.parse(json);
  if (!isObject(value)) throw new Error("it is no JSON object");
  return new Map(
    Object.entries(value).map(([name, text]: [string, unknown]) => {
      if (typeof text !== "string") throw new Error(`${name} is no text`);
      return [name, text];
    }),
  );
}

/** Named texts that are kept in a file, which only its owner can read. */
export class JsonFile {
  private readonly values: Map<string, string>;

  /**
   * @param loss what is lost with the file
   * @throws UserError when the file is damaged or can't be read
   */
  constructor(
    private readonly path: string,
    private readonly loss: string,
  ) {
    const json = read(path);
    try {
      this.values = json === undefined ? new Map() : textsIn(json);
    } catch (error) {
      throw this.damaged(messageOf(error));
    }
  }

  /** What a person is told of a file that is not as it was written. */
  damaged(reason: string): UserError {
    const { path, loss } = this;
    return new UserError(
      `${path} is damaged (${reason}); mend it, or delete it, which ${loss}, or start with --fresh, which forgets all that is stored`,
    );
  }

  get(name: string): string | undefined {
    return this.values.get(name);
  }

  names(): readonly string[] {
    return [...this.values.keys()];
  }

  /** Sets one, and puts all of them on disk at one stroke. @throws StorageError */
  set(name: string, text: string): void {
    const next = `${this.path}.next`;
    const values = new Map(this.values).set(name, text);
    try {
      writeFileSync(next, `${JSON.stringify(Object.fromEntries(values), null, 2)}\n`, { mode: 0o600 });
      renameSync(next, this.path);
    } catch (error) {
      rmSync(next, { force: true });
      throw new StorageError(this.path, "written", error);
    }
    this.values.set(name, text);
  }
}
