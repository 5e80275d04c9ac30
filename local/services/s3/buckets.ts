import { rmSync } from "node:fs";
import { join } from "node:path";
import type { BucketDefinition } from "../../read/bucket-definition";
import { StorageError } from "../../store/storage-error";
import { expireVersions } from "./lifecycle";
import { ObjectFiles, type Place } from "./objects";
import { Uploads } from "./uploads";

/** The folders of all buckets. */
export class Buckets {
  /** Folder of objects that are being written; no bucket has such a name. */
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

  objects({ name, versioning }: Pick<BucketDefinition, "name" | "versioning">): ObjectFiles {
    return new ObjectFiles(this.placeOf(name), versioning);
  }

  /** Deletes the versions that lifecycles end. @param now in milliseconds since 1970 */
  async expire(buckets: readonly BucketDefinition[], now: number): Promise<void> {
    for (const bucket of buckets) await expireVersions(this.objects(bucket), bucket.expirations ?? [], now);
  }

  /** The multipart uploads into a bucket; no bucket has the name of their folder. */
  uploads(bucket: string): Uploads {
    return new Uploads(this.placeOf(join(".uploads", bucket)));
  }

  private placeOf(name: string): Place {
    const { folder, unfinished, problem } = this;
    return { folder: join(folder, name), older: join(folder, ".versions", name), unfinished, problem };
  }
}
