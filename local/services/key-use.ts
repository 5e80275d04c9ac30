import { parseArn } from "../../aws/arn";
import type { Need } from "./service";

/** A call of KMS that a service makes on somebody's behalf. */
interface KeyUse {
  readonly action: string;
  readonly keyArn: string;
  /** Encryption context of the service. */
  readonly context: Readonly<Record<string, string>>;
}

const contextKeys = (context: KeyUse["context"]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(context).map(([name, value]) => [`kms:encryptioncontext:${name.toLowerCase()}`, value]),
  );

/** The right that a caller needs, where a service uses a key for it. */
export const viaService = (service: string, { action, keyArn, context }: KeyUse): Need => ({
  action,
  resource: keyArn,
  // A key serves its own region.
  contextKeys: { "kms:viaservice": `${service}.${parseArn(keyArn)?.region}.amazonaws.com`, ...contextKeys(context) },
});

/** The right that a function's role needs at every cold start, if its variables are encrypted with a key of one's own. */
export const decryptVariables = (functionArn: string, keyArn: string): Need => ({
  action: "kms:Decrypt",
  resource: keyArn,
  contextKeys: contextKeys({ "aws:lambda:FunctionArn": functionArn }),
});
