import { posix } from "node:path";

const specifiers = /\bfrom "(\.[^"]*)"|\bimport\("(\.[^"]*)"\)|^import "(\.[^"]*)"/gm;

/** Which modules import which, by their paths. */
export class Imports {
  private readonly importers = new Map<string, string[]>();

  /** @param texts the sources of all modules by their paths */
  constructor(texts: ReadonlyMap<string, string>) {
    for (const [importer, text] of texts)
      for (const match of text.matchAll(specifiers)) {
        const path = posix.join(posix.dirname(importer), match[1] ?? match[2] ?? match[3] ?? "");
        const file = [path, `${path}.ts`, `${path}/index.ts`].find((one) => texts.has(one));
        if (file !== undefined) this.importers.set(file, [...(this.importers.get(file) ?? []), importer]);
      }
  }

  /** Number of imports between each module and one that it needs. */
  distancesTo(file: string): ReadonlyMap<string, number> {
    const distances = new Map([[file, 0]]);
    // A map's iteration comes to what is added meanwhile.
    for (const [module, distance] of distances)
      for (const importer of this.importers.get(module) ?? [])
        if (!distances.has(importer)) distances.set(importer, distance + 1);
    return distances;
  }
}
