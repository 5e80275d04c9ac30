import type { SourceMapPayload } from "node:module";
import { isBuiltin } from "node:module";
import { dirname, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type BuildOptions, build, type OutputFile, type Plugin } from "esbuild";
import type { BuiltCode } from "../../lambda/package";
import { withTimeLimit } from "../../lib/time-limit";
import type { Build, DeployedBundle } from "./deployed-bundles";
import { withSourceNames } from "./source-names";

/** Time limit of one build, on a busy machine: fifty times what it takes. */
const LONGEST_BUILD_MS = 30_000;

/** A module that has a file of its own: one of the project's, not a package's. */
const isOwn = (path: string): boolean => /\.[cm]?[jt]s$/.test(path) && !path.includes("/node_modules/");

const moduleOf = (path: string): string => path.replace(/\.[cm]?[jt]s$/, "");

/** Path of a package's exports: `packages/@aws-sdk+client-s3`. */
const packageOf = (specifier: string): string => `packages/${specifier.replaceAll("/", "+")}`;

const pathFrom = (from: string, to: string): string => {
  const path = relative(dirname(from), to).replaceAll("\\", "/");
  return path.startsWith(".") ? path : `./${path}`;
};

/** An import from a package. */
interface PackageUse {
  readonly specifier: string;
  readonly names: Set<string>;
  /** All of it, under one name. */
  namespace: boolean;
  /** All of it, each export under its own. */
  everything: boolean;
}

/** Leaves to each module its own file, and to packages theirs. */
const apart = (root: string, own: ReadonlySet<string>, used: Map<string, PackageUse>): Plugin => ({
  name: "apart",
  setup: ({ onResolve, resolve: find }) => {
    onResolve({ filter: /.*/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (kind === "entry-point" || pluginData === apart || isBuiltin(path)) return undefined;
      const from = relative(root, importer);
      if (!/^\.{0,2}\//.test(path)) {
        const to = packageOf(path);
        const use = used.get(to) ?? { specifier: path, names: new Set(), namespace: false, everything: false };
        if (kind === "dynamic-import") use.everything = true;
        used.set(to, use);
        return { path: `${pathFrom(from, to)}.mjs`, external: true };
      }
      const found = await find(path, { kind, importer, resolveDir, pluginData: apart });
      if (!own.has(found.path)) return found;
      return { path: `${pathFrom(from, moduleOf(relative(root, found.path)))}.mjs`, external: true };
    });
  },
});

const NAMESPACE = "namespaceOfThePackage";

/** esbuild's own way to write what is imported of a package, each statement in a line. */
const statements =
  /^(?:im|ex)port (?:([\w$]+)(?:, )?)?(?:(\*)(?: as ([\w$]+))?|\{([^}]*)\})? ?from "[^"]*\/(packages\/[^"]+)\.mjs";$/gm;

/** Notes what a module imports of packages. @returns it, with a package's namespace as one of the package's exports */
function noteImports(code: string, used: ReadonlyMap<string, PackageUse>): string {
  return code.replace(statements, (statement: string, ...groups: (string | undefined)[]) => {
    const [first, star, namespace, list = "", from = ""] = groups;
    const use = used.get(from);
    if (!use) return statement;
    if (first !== undefined) use.names.add("default");
    for (const item of list.split(",")) {
      const [name = ""] = item.trim().split(" as ");
      if (name !== "") use.names.add(name);
    }
    if (namespace !== undefined) use.namespace = true;
    else if (star !== undefined) use.everything = true;
    return namespace === undefined
      ? statement
      : statement.replace(`* as ${namespace}`, `{ ${NAMESPACE} as ${namespace} }`);
  });
}

/** A module that exports what is used of a package, of whatever kind the package is. */
function facade({ specifier, names, namespace, everything }: PackageUse): string {
  const from = JSON.stringify(specifier);
  return [
    ...(names.size > 0 ? [`export { ${[...names].join(", ")} } from ${from};`] : []),
    ...(namespace || everything ? [`import * as ${NAMESPACE} from ${from}; export { ${NAMESPACE} };`] : []),
    ...(everything ? [`export * from ${from};`] : []),
    ...(everything && !names.has("default") ? [`export default ${NAMESPACE}.default;`] : []),
    `import ${from};`,
  ].join("\n");
}

const facades = (root: string, used: ReadonlyMap<string, PackageUse>): Plugin => ({
  name: "facades",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^packages\// }, ({ path, kind }) =>
      kind === "entry-point" ? { path, namespace: "facade" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "facade" }, ({ path }) => {
      const use = used.get(path);
      return use && { contents: facade(use), resolveDir: root };
    });
  },
});

type Outputs = readonly OutputFile[];

async function run(how: BuildOptions, root: string, options: BuildOptions): Promise<Outputs> {
  const building = build({
    ...how,
    absWorkingDir: root,
    outdir: root,
    minify: false,
    write: false,
    ...options,
  });
  const { outputFiles = [] } = await withTimeLimit(LONGEST_BUILD_MS, "the build for the debugger", building);
  return outputFiles;
}

/**
 * Builds functions for a debugger: each of the project's modules is a file of its own, with the names that its source
 * has and a map to it; the packages are beside them. Nothing of it is deployed.
 *
 * @returns by the functions' ARNs
 */
export async function debugBuild(
  bundles: readonly DeployedBundle[],
  { options }: Build,
  root: string,
): Promise<ReadonlyMap<string, BuiltCode>> {
  const own = new Set(bundles.flatMap(({ sources }) => [...sources].filter(isOwn)));
  const used = new Map<string, PackageUse>();
  const { banner: _, ...plain } = options;
  const built = await run(plain, root, {
    entryPoints: [...own].map((path) => ({ in: path, out: moduleOf(relative(root, path)) })),
    sourcemap: "external",
    sourcesContent: true,
    plugins: [apart(root, own, used)],
  });
  const textOf = new Map(built.map(({ path, text }) => [relative(root, path), text]));
  const files: Record<string, Uint8Array> = {};
  const maps = new Map<string, string>();
  for (const [file, text] of textOf) {
    const map = textOf.get(`${file}.map`);
    if (map === undefined) continue;
    const payload = JSON.parse(map) as SourceMapPayload;
    const sources = payload.sources.map((source) => resolve(root, dirname(file), source));
    maps.set(file, JSON.stringify({ ...payload, sources: sources.map((source) => relative(root, source)) }));
    const urls = JSON.stringify({ ...payload, sources: sources.map((source) => pathToFileURL(source).href) });
    const code = noteImports(withSourceNames(text, payload), used);
    const comment = `//# sourceMappingURL=data:application/json;base64,${Buffer.from(urls).toString("base64")}\n`;
    files[file] = Buffer.from(`${code}${comment}`);
  }
  const others = await run(options, root, {
    entryPoints: [...used.keys()].map((path) => ({ in: path, out: path })),
    splitting: true,
    chunkNames: "packages/[name]-[hash]",
    sourcemap: false,
    plugins: [facades(root, used)],
  });
  for (const { path, contents } of others) files[relative(root, path)] = contents;
  return new Map(
    bundles.map(({ functionArn, entry }) => [
      functionArn,
      { files, module: moduleOf(entry.in), sourceMap: (file: string) => maps.get(file) },
    ]),
  );
}
