import type { Row } from "./row";

/** JSON that is there already, and goes into an answer as it is. */
export class JsonText {
  constructor(readonly text: string) {}
}

/** An item as it is kept. */
export const rowText = (row: Row): JsonText => new JsonText(row.text);

/** A list of what may be there already. */
export const jsonList = (elements: readonly unknown[]): JsonText => new JsonText(`[${elements.map(json).join(",")}]`);

/** A value in JSON. */
export const json = (value: unknown): string => (value instanceof JsonText ? value.text : JSON.stringify(value));

/** An operation's answer; members without a value are left out. */
export function answer(members: Readonly<Record<string, unknown>>): JsonText {
  const texts: string[] = [];
  for (const name of Object.keys(members)) {
    const value = members[name];
    if (value !== undefined) texts.push(`${JSON.stringify(name)}:${json(value)}`);
  }
  return new JsonText(`{${texts.join(",")}}`);
}
