import { rmSync } from "node:fs";
import { join } from "node:path";
import { StorageError } from "../../store/storage-error";
import { ObjectFiles } from "./objects";

/** The folders of all buckets. */
export class Buckets {
  /** Where objects lie while they are written; no bucket has such a name. */
  private readonly unfinished: string;

  /** @param problem reports what is damaged */
  constructor(
    private readonly folder: string,
    private readonly problem: (message: string) => void,
  ) {
    this.unfinished = join(folder, ".unfinished");
    try {
      // What a killed process was writing was never acknowledged.
      rmSync(this.unfinished, { recursive: true, force: true });
    } catch (error) {
      // No object is harmed by it, and each write says for itself what it can't do.
      problem(new StorageError(this.unfinished, "written", error).message);
    }
  }

  objects(bucket: string): ObjectFiles {
    return new ObjectFiles({ folder: join(this.folder, bucket), unfinished: this.unfinished, problem: this.problem });
  }
}
