import { createHash, randomBytes } from "node:crypto";

/** Credentials with which a function signs its calls. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Gives each function credentials of its own, the same ones as long as the process lives. */
export function credentialsByFunction(): (functionArn: string) => Credentials {
  const known = new Map<string, Credentials>();
  return (functionArn) => {
    const found = known.get(functionArn);
    if (found) return found;
    const id = createHash("sha256").update(functionArn).digest("hex").slice(0, 16).toUpperCase();
    const credentials = {
      accessKeyId: `ASIA${id}`,
      secretAccessKey: randomBytes(30).toString("base64"),
      sessionToken: randomBytes(48).toString("base64"),
    };
    known.set(functionArn, credentials);
    return credentials;
  };
}
