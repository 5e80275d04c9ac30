import { hash } from "node:crypto";
import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, parse, posix } from "node:path";
import type { Metafile } from "esbuild";

/** Everything that a bundle depends on, as paths from the project's folder. */
export interface BuiltFrom {
  /** Files that were read. */
  readonly files: readonly string[];
  /** Folders in which an import was looked up, and folders that an import named. */
  readonly folders: readonly string[];
  /** Names, without suffix, that imports of the project's own files go by. */
  readonly names: readonly string[];
}

/** Resolution of esbuild may look here, above the project too. (esbuild API: Platform, Node paths; Yarn's Plug'n'Play) */
const lookedForAbove = ["node_modules", ".pnp.cjs", ".pnp.js", ".pnp.data.json"];

/** Resolution looks for these in every folder. */
const always = ["package.json", "node_modules"];

const INSTALLED = /(^|\/)node_modules(\/|$)/;

const withoutSuffix = (name: string): string => parse(name).name;

/** The package that `@aws-sdk/lib-dynamodb/dist` is in. */
const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

const isOutside = (path: string): boolean => path.startsWith("..") || parse(path).root !== "";

/** The folders around a path, the project's own as `.` included. */
function* foldersAround(path: string): Generator<string> {
  for (let folder = posix.dirname(path); ; folder = posix.dirname(folder)) {
    yield folder;
    if (folder === ".") return;
  }
}

/** Where an import would be if it were a folder; undefined when it is of a package that is not installed but linked. */
function asFolder(specifier: string, importer: string, path: string): string | undefined {
  if (specifier.startsWith(".")) return posix.join(posix.dirname(importer), specifier);
  const installed = `node_modules/${packageOf(specifier)}/`;
  const at = path.lastIndexOf(installed);
  return at < 0 ? undefined : path.slice(0, at) + posix.join("node_modules", specifier);
}

/** A file, what it imports, and every place where that was looked up. */
interface Lookups {
  readonly imported: readonly string[];
  readonly folders: readonly string[];
  readonly names: readonly string[];
}

/** What esbuild read, and where it looked, of one build. */
export class Graph {
  private readonly lookups = new Map<string, Lookups | undefined>();

  constructor(private readonly metafile: Metafile) {}

  /**
   * What the bundle of an entry point was built from.
   *
   * @param entry a path from the project's folder
   * @returns undefined where that cannot be told: for files outside of the project, linked packages, aliases
   */
  builtFrom(entry: string): BuiltFrom | undefined {
    const files = new Set([entry]);
    const folders = new Set<string>();
    const names = new Set<string>();
    for (const file of files) {
      const found = this.lookupsOf(file);
      if (!found) return undefined;
      for (const folder of found.folders) folders.add(folder);
      for (const name of found.names) names.add(name);
      for (const path of found.imported) files.add(path);
    }
    return { files: [...files].sort(), folders: [...folders].sort(), names: [...names].sort() };
  }

  private lookupsOf(file: string): Lookups | undefined {
    if (!this.lookups.has(file)) this.lookups.set(file, this.found(file));
    return this.lookups.get(file);
  }

  private found(file: string): Lookups | undefined {
    const input = this.metafile.inputs[file];
    if (!input || isOutside(file)) return undefined;
    const imports = input.imports.filter(({ external }) => !external);
    const named = imports.map(({ path, original = "" }) => asFolder(original, file, path));
    const asFolders = named.filter((folder) => folder !== undefined && !isOutside(folder)) as string[];
    if (asFolders.length < named.length) return undefined;
    // The names of packages' files are not asked for: all of those count.
    const own = [file, ...asFolders].filter((path) => !INSTALLED.test(path));
    return {
      imported: imports.map(({ path }) => path),
      folders: [...foldersAround(file), ...asFolders],
      names: own.flatMap((path) => path.split("/").map(withoutSuffix)),
    };
  }
}

const sha256 = (content: Uint8Array | string): string => hash("sha256", content);

/** The project's files and folders as they are: each is read once, so that it is made anew for each synth. */
export class Sources {
  private readonly digests = new Map<string, string>();
  private readonly changes = new Map<string, number>();
  private readonly entries = new Map<string, readonly Dirent[]>();
  private readonly listings = new Map<string, string>();

  constructor(private readonly root: string) {}

  /**
   * The digest of all that a bundle depends on: where it is the same, so is the bundle.
   *
   * @throws where something is not there, or is a symbolic link, whose ways are not followed
   */
  stateOf({ files, folders, names }: BuiltFrom): Buffer {
    const own = new Set(names);
    const found = {
      files: files.map((file) => [file, this.digestOf(file)]),
      folders: folders.map((folder) => [folder, this.listingOf(folder, own)]),
      above: this.above(),
    };
    return Buffer.from(sha256(JSON.stringify(found)), "hex");
  }

  /** Whether anything was changed from a time on, in milliseconds. Programs can set the time of a change, but not this one. */
  changedSince({ files, folders, names }: BuiltFrom, ms: number): boolean {
    const changed = (path: string): boolean => this.changedAt(path) >= ms;
    const own = new Set(names);
    const found = (folder: string) => this.relevantIn(folder, own).map(({ name }) => posix.join(folder, name));
    return files.some(changed) || folders.some((folder) => changed(folder) && found(folder).some(changed));
  }

  private changedAt(path: string): number {
    const known = this.changes.get(path);
    if (known !== undefined) return known;
    const found = statSync(join(this.root, path), { throwIfNoEntry: false })?.ctimeMs ?? 0;
    this.changes.set(path, found);
    return found;
  }

  private digestOf(file: string): string {
    const known = this.digests.get(file);
    if (known) return known;
    const digest = sha256(readFileSync(join(this.root, file)));
    this.digests.set(file, digest);
    return digest;
  }

  /** What resolution may find in a folder: in the project's own only by the names of imports, so that others may come and go. */
  private relevantIn(folder: string, own: ReadonlySet<string>): readonly Dirent[] {
    const isInstalled = INSTALLED.test(folder);
    return this.entriesOf(folder).filter(
      ({ name }) => always.includes(name) || (isInstalled ? !name.startsWith(".") : own.has(withoutSuffix(name))),
    );
  }

  /** One text of a folder of packages, whatever imports from it; of the project's own folders one by what does. */
  private listingOf(folder: string, own: ReadonlySet<string>): string {
    const known = this.listings.get(folder);
    if (known !== undefined) return known;
    const lines = this.relevantIn(folder, own).map((entry) => {
      const path = posix.join(folder, entry.name);
      return `${this.isFolder(entry, path) ? "d" : "f"} ${entry.name} ${this.contentOf(path)}`;
    });
    const listing = sha256(lines.join("\n"));
    if (INSTALLED.test(folder)) this.listings.set(folder, listing);
    return listing;
  }

  /** The project's own packages may be those of another clone, which are read through the link. */
  private isFolder(entry: Dirent, path: string): boolean {
    if (entry.isSymbolicLink() && path !== "node_modules") throw new Error(`${path} is a symbolic link`);
    return entry.isDirectory() || entry.isSymbolicLink();
  }

  /** What resolution reads of an entry of a folder that it looks at. */
  private contentOf(path: string): string {
    const name = posix.basename(path);
    if (name === "package.json") return this.digestOf(path);
    return name === "node_modules" || /(^|\/)node_modules\/@[^/]+$/.test(path) ? this.listingOf(path, new Set()) : "";
  }

  private above(): string[] {
    const found: string[] = [];
    for (let folder = dirname(this.root); ; folder = dirname(folder)) {
      found.push(...lookedForAbove.map((name) => join(folder, name)).filter((path) => existsSync(path)));
      if (folder === dirname(folder)) return found;
    }
  }

  private entriesOf(folder: string): readonly Dirent[] {
    const known = this.entries.get(folder);
    if (known) return known;
    const path = join(this.root, folder);
    const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory();
    const entries = isFolder ? readdirSync(path, { withFileTypes: true }) : [];
    entries.sort((one, other) => (one.name < other.name ? -1 : 1));
    this.entries.set(folder, entries);
    return entries;
  }
}
