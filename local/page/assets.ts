import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

/** A file of the page. */
export interface Asset {
  readonly type: string;
  readonly content: Buffer;
  readonly zipped: Buffer;
}

const types: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  svg: "image/svg+xml",
};

/** The files of the page, which never leave this machine. */
export class Assets {
  private readonly read = new Map<string, Asset>();

  /** @param root the project's folder */
  constructor(private readonly root: string) {}

  /** The document that all pages are, with the token for what changes something. */
  document(token: string): string {
    const html = readFileSync(join(this.folder, "index.html"), "utf8");
    return html.replace("{{token}}", token);
  }

  /** A file by its path in a URL; undefined when there is none. */
  of(path: string): Asset | undefined {
    const known = this.read.get(path);
    if (known) return known;
    const file = path === "/htm.js" ? this.htm() : join(this.folder, path);
    if (!/^\/[a-z-]+\.(js|css|svg)$/.test(path) || !existsSync(file)) return undefined;
    const content = readFileSync(file);
    const type = types[path.split(".").at(-1) ?? ""] ?? "application/octet-stream";
    const asset = { type, content, zipped: gzipSync(content) };
    this.read.set(path, asset);
    return asset;
  }

  private get folder(): string {
    return join(this.root, "local/page/client");
  }

  private htm(): string {
    return join(dirname(require.resolve("htm", { paths: [this.root] })), "../preact/standalone.module.js");
  }
}
