import { SourceMap, type SourceMapPayload } from "node:module";
import type { ErrorPayload, ThrownError } from "./environment/messages";

/** Finds the places of the sources for those of a bundle, so that a person sees where an error came from. */
export class SourceTrace {
  private readonly maps = new Map<string, SourceMap | undefined>();

  /** @param read gives the source map of a file of the bundle's, by its URL, as JSON, when it is needed first */
  constructor(private readonly read: (url: string) => string | undefined) {}

  /** The error in a payload, its trace in the terms of the sources. */
  of(payload: string): ErrorPayload {
    const error = JSON.parse(payload) as ErrorPayload;
    return error.trace ? { ...error, trace: error.trace.map((line) => this.text(line)) } : error;
  }

  /** An error that was thrown, likewise. */
  thrown(error: ThrownError): ThrownError {
    const trace = error.trace.map((line) => this.text(line));
    return { ...error, trace, causes: error.causes.map((cause) => this.thrown(cause)) };
  }

  /** A text in which each place of the bundle is one of the sources: `handlers/records/get-record.ts:12:5`. */
  text(text: string): string {
    if (!text.includes(".mjs:")) return text;
    return text.replace(
      /(file:\/\/[^\s"')]*\.mjs):(\d+):(\d+)/g,
      (place, url: string, line: string, column: string) => {
        const found = this.mapOf(url)?.findEntry(Number(line) - 1, Number(column) - 1);
        if (!found || !("originalSource" in found)) return place;
        // What leads from the bundle's folder to the project's says nothing.
        const file = found.originalSource.replace(/^(\.\.\/)+/, "").replace(/^.*\/(?=handlers\/|node_modules\/)/, "");
        return `${file}:${found.originalLine + 1}:${found.originalColumn + 1}`;
      },
    );
  }

  private mapOf(url: string): SourceMap | undefined {
    if (!this.maps.has(url)) {
      const json = this.read(url);
      this.maps.set(url, json === undefined ? undefined : new SourceMap(JSON.parse(json) as SourceMapPayload));
    }
    return this.maps.get(url);
  }
}
