import { createHmac } from "node:crypto";
import { debug } from "./debug";
import { Validation } from "./errors";
import { same } from "./same";
import type { Secret } from "./secret";

/** Makes and reads the cursors of one list. A position is where a page ended, in the store's own terms. */
export interface Cursors<Position> {
  /** The opaque text for a position in the list of `query`. */
  seal(position: Position, query: string): Promise<string>;
  /**
   * The position that a cursor of the same `query` stands for.
   *
   * @throws Validation (`query.cursor`) when it is forged, malformed, another list's or older than a day
   */
  open(cursor: string, query: string): Promise<Position>;
}

const MAX_AGE_MS = 24 * 60 * 60 * 1000;

const refused = (message: string) => new Validation([{ path: "query.cursor", message }]);

/**
 * Signed cursors. The signature covers what the list is (`purpose`), what was asked (`query`) and when, so that a
 * cursor is good for nothing but the next page of the same list within a day. After a rotation of the secret, cursors
 * signed before are refused and clients begin again.
 *
 * @example
 * const lists = cursors<string>("things", secret(requiredEnv("CURSOR_SECRET_PARAMETER")));
 * const nextCursor = await lists.seal(lastId, "colour=red");
 * const after = await lists.open(nextCursor, "colour=red");
 */
export function cursors<Position>(purpose: string, secret: Secret): Cursors<Position> {
  const signature = (payload: string, query: string, key: string): string =>
    createHmac("sha256", key)
      .update(JSON.stringify([purpose, query, payload]))
      .digest("base64url");

  return {
    async seal(position, query) {
      const payload = Buffer.from(JSON.stringify({ at: Date.now(), position })).toString("base64url");
      return `${payload}.${signature(payload, query, await secret.read())}`;
    },

    async open(cursor, query) {
      const [payload = "", given = "", ...rest] = cursor.split(".");
      const signedWith = (key: string): boolean => same(given, signature(payload, query, key));
      // Another instance may have signed with a secret that was rotated in since this one read it.
      const genuine = rest.length === 0 && (signedWith(await secret.read()) || signedWith(await secret.reread()));
      debug("cursor", () => ({ purpose, genuine }));
      if (!genuine) throw refused("is not a cursor of this list");
      const { at, position } = JSON.parse(Buffer.from(payload, "base64url").toString()) as {
        at: number;
        position: Position;
      };
      if (Date.now() - at > MAX_AGE_MS) throw refused("is older than 24 hours; begin again without a cursor");
      return position;
    },
  };
}
