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

/** Words of a source's path, without the plural: `local/services/sqs/queues.ts` → sqs, queue. */
const wordsOf = (source: string): string[] =>
  source
    .split("/")
    .slice(-2)
    .flatMap((part) => part.replace(/\.ts$/, "").split("-"))
    .map((word) => word.replace(/s$/, ""));

/** A word in a test's name counts as much as so many in its text. */
const NAME_WEIGHT = 100;
const MOST_IN_TEXT = 20;

/** The test files of a source, in the order in which they are the likelier to notice a change of it. */
export class NearestTests {
  private readonly imports: Imports;
  private readonly tests: readonly string[];

  /** @param texts all sources by their paths */
  constructor(private readonly texts: ReadonlyMap<string, string>) {
    this.imports = new Imports(texts);
    this.tests = [...texts.keys()].filter(isTest);
  }

  of(file: string): string[] {
    const distances = this.imports.distancesTo(file);
    const folder = this.folderOf(file);
    const isBundled = file.startsWith("handlers/");
    const isSynthesized = sourceFolders.some((name) => file.startsWith(`${name}/`));
    const isOfItsOutput = (test: string): boolean =>
      (isBundled && test.startsWith("__tests__/handlers/")) ||
      (isSynthesized && /^__tests__\/(constructs|stacks)\//.test(test));
    // Only a stack shows what they make.
    const isConstruct = file.startsWith("constructs/");
    const rankOf = (test: string): number => {
      if (posix.basename(test, ".test.ts") === posix.basename(file, ".ts") && inCommon(test, file) > 0)
        return NAMED_AFTER_IT;
      const rank = distances.get(test) ?? Number.POSITIVE_INFINITY;
      if (test.startsWith(folder) || (isConstruct && test.startsWith("__tests__/stacks/")))
        return Math.min(rank, IN_ITS_FOLDER);
      return isOfItsOutput(test) ? Math.min(rank, WITHOUT_IMPORT) : rank;
    };
    const words = wordsOf(file);
    return this.tests
      .map((test) => ({ test, rank: rankOf(test), common: inCommon(test, file), mentions: this.mentions(test, words) }))
      .filter(({ rank }) => rank < Number.POSITIVE_INFINITY)
      .sort((one, other) => one.rank - other.rank || other.mentions - one.mentions || other.common - one.common)
      .map(({ test }) => test);
  }

  /** How much a test speaks of these words. */
  private mentions(test: string, words: readonly string[]): number {
    const [name, text] = [posix.basename(test).toLowerCase(), (this.texts.get(test) ?? "").toLowerCase()];
    const weights = words.map(
      (word) => (name.includes(word) ? NAME_WEIGHT : 0) + Math.min(text.split(word).length - 1, MOST_IN_TEXT),
    );
    return weights.reduce((sum, weight) => sum + weight, 0);
  }

  /** The deepest folder of tests that goes by the name of the file's own. */
  private folderOf(file: string): string {
    const parts = file.split("/").slice(0, -1);
    const path = () => `__tests__/${parts.join("/")}/`;
    while (parts.length > 1 && !this.tests.some((test) => test.startsWith(path()))) parts.pop();
    return path();
  }
}
