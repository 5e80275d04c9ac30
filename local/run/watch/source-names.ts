import { SourceMap, type SourceMapPayload } from "node:module";

/**
 * esbuild gives a name that stands for two things in nested scopes a number the second time (`table2`), and says in the
 * source map what it was. Where no other module is in the file, the source's own names mean the same: they are put back,
 * with spaces for the digits, so that the map goes on to fit.
 */
export function withSourceNames(code: string, map: SourceMapPayload): string {
  if (map.names.length === 0) return code;
  const lookup = new SourceMap(map);
  const lines = code.split("\n").map((line, at) =>
    line.replace(/[\p{ID_Start}$_][\p{ID_Continue}$]*\d/gu, (word, column: number) => {
      const entry = lookup.findEntry(at, column);
      if (
        !("name" in entry && "generatedLine" in entry) ||
        entry.generatedLine !== at ||
        entry.generatedColumn !== column
      )
        return word;
      return word.replace(/\d+$/, "") === entry.name ? entry.name.padEnd(word.length) : word;
    }),
  );
  return lines.join("\n");
}
