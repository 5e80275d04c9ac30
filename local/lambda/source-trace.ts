import { SourceMap, type SourceMapPayload } from "node:module";
import type { ErrorPayload } from "./environment/messages";

/** Finds the places of the sources for those of a bundle, so that a person sees where an error came from. */
export class SourceTrace {
  private map: SourceMap | undefined;

  /** @param read gives the source map as JSON, when it is needed first */
  constructor(private readonly read: () => string | undefined) {}

  /** The error in a payload, its trace in the terms of the sources. */
  of(payload: string): ErrorPayload {
    const error = JSON.parse(payload) as ErrorPayload;
    return error.trace ? { ...error, trace: error.trace.map((line) => this.line(line)) } : error;
  }

  private line(text: string): string {
    const [place, line = "", column = ""] = /file:\/\/\S*\.mjs:(\d+):(\d+)/.exec(text) ?? [];
    if (place === undefined) return text;
    this.map ??= this.load();
    const found = this.map?.findEntry(Number(line) - 1, Number(column) - 1);
    if (!found || !("originalSource" in found)) return text;
    // What leads from the bundle's folder to the project's says nothing.
    const file = found.originalSource.replace(/^(\.\.\/)+/, "").replace(/^.*\/(?=handlers\/|node_modules\/)/, "");
    return text.replace(place, `${file}:${found.originalLine + 1}:${found.originalColumn + 1}`);
  }

  private load(): SourceMap | undefined {
    const json = this.read();
    return json === undefined ? undefined : new SourceMap(JSON.parse(json) as SourceMapPayload);
  }
}
