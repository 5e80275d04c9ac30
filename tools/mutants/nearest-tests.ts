import { posix } from "node:path";
import { sourceFolders } from "../../local/run/watch/source-folders";
import { Imports } from "./imports";

const NAMED_AFTER_IT = 0;
const IN_ITS_FOLDER = 2;
/** Distance of a test that runs a source without importing it: as a bundle, in a thread or in a synth of its own. */
const WITHOUT_IMPORT = 50;

const isTest = (file: string): boolean =>
  /^__tests__\/.*\.test\.ts$/.test(file) && !/^__tests__\/(end-to-end|with-terraform)\//.test(file);

/** Number of folders that the paths of a test and a source have in common. */
function inCommon(test: string, source: string): number {
  const [folders, parts] = [test.split("/").slice(1), source.split("/")];
  const at = folders.findIndex((folder, index) => folder !== parts[index]);
  return at < 0 ? folders.length : at;
}

/** The test files of a source, in the order in which they are the likelier to notice a change of it. */
export class NearestTests {
  private readonly imports: Imports;
  private readonly tests: readonly string[];

  /** @param texts all sources by their paths */
  constructor(texts: ReadonlyMap<string, string>) {
    this.imports = new Imports(texts);
    this.tests = [...texts.keys()].filter(isTest);
  }

  of(file: string): string[] {
    const distances = this.imports.distancesTo(file);
    const folder = this.folderOf(file);
    const isBundled = file.startsWith("handlers/");
    const isSynthesized = sourceFolders.some((name) => file.startsWith(`${name}/`));
    const rankOf = (test: string): number => {
      if (posix.basename(test, ".test.ts") === posix.basename(file, ".ts") && inCommon(test, file) > 0)
        return NAMED_AFTER_IT;
      const rank = distances.get(test) ?? Number.POSITIVE_INFINITY;
      if (test.startsWith(folder)) return Math.min(rank, IN_ITS_FOLDER);
      if (isBundled && test.startsWith("__tests__/handlers/")) return Math.min(rank, WITHOUT_IMPORT);
      if (isSynthesized && /^__tests__\/(constructs|stacks)\//.test(test)) return Math.min(rank, WITHOUT_IMPORT);
      return rank;
    };
    return this.tests
      .map((test) => ({ test, rank: rankOf(test) }))
      .filter(({ rank }) => rank < Number.POSITIVE_INFINITY)
      .sort((one, other) => one.rank - other.rank || inCommon(other.test, file) - inCommon(one.test, file))
      .map(({ test }) => test);
  }

  /** The deepest folder of tests that goes by the name of the file's own. */
  private folderOf(file: string): string {
    const parts = file.split("/").slice(0, -1);
    const path = () => `__tests__/${parts.join("/")}/`;
    while (parts.length > 1 && !this.tests.some((test) => test.startsWith(path()))) parts.pop();
    return path();
  }
}
