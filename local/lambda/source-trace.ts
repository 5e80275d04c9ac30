import { SourceMap, type SourceMapPayload } from "node:module";
import type { ErrorPayload, ThrownError } from "./environment/messages";

/** Finds the places of the sources for those of a bundle, so that a person sees where an error came from. */
export class SourceTrace {
  private map: SourceMap | undefined;

  /** @param read gives the source map as JSON, when it is needed first */
  constructor(private readonly read: () => string | undefined) {}

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
    return text.replace(/file:\/\/[^\s"')]*\.mjs:(\d+):(\d+)/g, (place, line: string, column: string) => {
      this.map ??= this.load();
      const found = this.map?.findEntry(Number(line) - 1, Number(column) - 1);
      if (!found || !("originalSource" in found)) return place;
      // What leads from the bundle's folder to the project's says nothing.
      const file = found.originalSource.replace(/^(\.\.\/)+/, "").replace(/^.*\/(?=handlers\/|node_modules\/)/, "");
      return `${file}:${found.originalLine + 1}:${found.originalColumn + 1}`;
    });
  }

  private load(): SourceMap | undefined {
    const json = this.read();
    return json === undefined ? undefined : new SourceMap(JSON.parse(json) as SourceMapPayload);
  }
}
