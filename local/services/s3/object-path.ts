import { createHash } from "node:crypto";
import { join } from "node:path";

/** Suffix of objects' files. Folders never have it, since `#` is encoded in their names. */
export const suffix = "#object";

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

const longest = 200;

const plain = (text: string): string => encodeURIComponent(text).replaceAll("*", "%2A");

type Shorten = (text: string) => string;

/** A name that every file system takes, and no other text has: what is encoded never begins with `#`. */
function segment(text: string, shorten: Shorten): string {
  if (text === "" || text === "." || text === "..") return `%${text}`;
  const name = plain(text);
  return name.length < longest ? name : shorten(text);
}

const path = (folder: string, key: string, shorten: Shorten): string =>
  `${join(folder, ...key.split("/").map((text) => segment(text, shorten)))}${suffix}`;

const marked: Shorten = (text) => `#${digest(text)}`;

/** The file of an object, which no other key has. */
export const fileOf = (folder: string, key: string): string => path(folder, key, marked);

/** The file in which earlier versions kept an object of a long key: another key might have the same. */
export function earlierFileOf(folder: string, key: string): string | undefined {
  const isLong = key.split("/").some((text) => plain(text).length >= longest);
  return isLong ? path(folder, key, digest) : undefined;
}

/** The folder in which all keys lie that begin with the prefix. */
export const folderOf = (folder: string, prefix: string): string =>
  join(
    folder,
    ...prefix
      .split("/")
      .slice(0, -1)
      .map((text) => segment(text, marked)),
  );
