import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { isObject, type JsonObject } from "../../lib/json";
import { UserError } from "../../lib/user-error";

/** Origin of a plan. It is applied there and nowhere else. */
export interface Origin {
  readonly environment: string;
  /** The commit that was planned, in full. */
  readonly commit: string;
  /** The run of CI that planned it. */
  readonly run: string;
}

const format = "terrace-plan-1";
const algorithm = "aes-256-gcm";
/** As GCM wants them (NIST SP 800-38D, 5.2.1): a nonce of 96 bits, new for each file, and the longest tag. */
const nonceBytes = 12;
const tagBytes = 16;
const keyBytes = 32;
/** Longer than any header is. */
const headerAtMost = 4096;

/** The key in PLAN_KEY. @throws UserError where it is none, which it does not show */
export function planKey(text = ""): Buffer {
  const key = Buffer.from(text, "base64");
  if (key.length === keyBytes && key.toString("base64") === text) return key;
  const given = text === "" ? "nothing" : `${text.length} characters that are none`;
  throw new UserError(`PLAN_KEY must be ${keyBytes} bytes in base64, got ${given}; openssl rand -base64 32 makes one`);
}

/**
 * A file that whoever has the key can read, and nobody else change: a line of JSON that says where the plan comes from, then
 * the plan by AES-256-GCM, which authenticates that line as well.
 */
export function encrypt(plan: Buffer, key: Buffer, origin: Origin): Buffer {
  const nonce = randomBytes(nonceBytes);
  const header = Buffer.from(`${JSON.stringify({ format, ...origin, nonce: nonce.toString("base64") })}\n`);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes }).setAAD(header);
  return Buffer.concat([header, cipher.update(plan), cipher.final(), cipher.getAuthTag()]);
}

export const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

function headerOf(line: Buffer): JsonObject {
  try {
    const header: unknown = JSON.parse(line.toString());
    if (isObject(header) && header["format"] === format && typeof header["nonce"] === "string") return header;
  } catch {
    // Said below: what is no JSON is no plan of ours, either.
  }
  throw new UserError("the plan must be an encrypted one, got something else; plan again");
}

function opened(file: Buffer, header: Buffer, key: Buffer, nonce: string): Buffer {
  const sealed = file.subarray(header.length, -tagBytes);
  try {
    const options = { authTagLength: tagBytes };
    const decipher = createDecipheriv(algorithm, key, Buffer.from(nonce, "base64"), options).setAAD(header);
    decipher.setAuthTag(file.subarray(header.length + sealed.length));
    return Buffer.concat([decipher.update(sealed), decipher.final()]);
  } catch {
    // Node does not say which of the two it is, and cannot know.
    throw new UserError("the plan must be as it was encrypted, by the same PLAN_KEY, got another; plan again");
  }
}

/**
 * The plan in such a file.
 *
 * @throws UserError when the file was changed, was encrypted with another key, or is of another origin
 */
export function decrypt(file: Buffer, key: Buffer, origin: Origin): Buffer {
  const header = file.subarray(0, file.subarray(0, headerAtMost).indexOf("\n") + 1);
  const { nonce, ...said } = headerOf(header);
  const plan = opened(file, header, key, String(nonce));
  for (const [name, wanted] of Object.entries(origin)) {
    if (said[name] === wanted) continue;
    throw new UserError(`the plan must be of ${name} ${wanted}, got one of ${name} ${said[name]}; plan again`);
  }
  return plan;
}
