import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { httpServer } from "../lib/http-server";
import { randomText } from "../lib/random";
import { configurationUrl, type TokenIssuer } from "../read/token-issuers";
import { algorithm } from "./json-web-token";
import type { SigningKeys } from "./signing-keys";

/** What an issuer is asked for. */
type Document = "keys" | "configuration";

/**
 * Answers, in place of real issuers, with the public keys of those that this machine signs in the name of. Each document has an
 * address that nobody can guess, which the functions of stacks that name the issuer are told, and nobody else.
 */
export class KeySetServer {
  private readonly addresses = new Map<string, string>();
  private readonly documents = new Map<string, () => object | undefined>();

  private readonly server: Server = httpServer((request, response) => this.answer(request, response));

  private constructor(private readonly keys: SigningKeys) {}

  static async start(keys: SigningKeys): Promise<KeySetServer> {
    const made = new KeySetServer(keys);
    await new Promise<void>((resolve, reject) => {
      made.server.once("error", reject).listen(0, "127.0.0.1", resolve);
    });
    return made;
  }

  /** Where the documents of issuers are answered here, by their real URLs. */
  addressesOf(issuers: readonly TokenIssuer[]): Readonly<Record<string, string>> {
    return Object.fromEntries(
      issuers.flatMap((issuer) => [
        ...issuer.keySetUrls.map((url) => [new URL(url).href, this.addressOf(issuer, "keys")] as const),
        [new URL(configurationUrl(issuer.issuer)).href, this.addressOf(issuer, "configuration")] as const,
      ]),
    );
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private addressOf({ issuer, keySetUrls }: TokenIssuer, document: Document): string {
    const id = JSON.stringify([issuer, keySetUrls[0], document]);
    const known = this.addresses.get(id);
    if (known !== undefined) return known;
    const path = `/${randomText(16, "hex")}`;
    this.documents.set(path, () =>
      document === "keys" ? this.keys.keySet(issuer) : configurationOf(issuer, keySetUrls[0]),
    );
    const address = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
    this.addresses.set(id, address);
    return address;
  }

  /** Who asks learns nothing of why it can't be read: whoever is to mend it is told by what next needs a key. */
  private documentAt(url: string): object | "unreadable" | undefined {
    try {
      return this.documents.get(url)?.();
    } catch {
      return "unreadable";
    }
  }

  private answer({ method, url = "" }: IncomingMessage, response: ServerResponse): void {
    const document = this.documentAt(url);
    if (document === "unreadable") response.writeHead(500).end();
    else if (!document) response.writeHead(404).end();
    else if (method !== "GET" && method !== "HEAD") response.writeHead(405, { Allow: "GET, HEAD" }).end();
    else response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(document));
  }
}

/** As far as there is anything of it here (OpenID Connect Discovery 1.0, 3). */
const configurationOf = (issuer: string, keySetUrl: string | undefined): object => ({
  issuer,
  jwks_uri: keySetUrl,
  response_types_supported: ["code"],
  subject_types_supported: ["public"],
  id_token_signing_alg_values_supported: [algorithm],
});
