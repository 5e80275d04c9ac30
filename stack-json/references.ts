/** A reference in a string of the JSON: `${aws_dynamodb_table.records.arn}`. */
export interface ResourceReference {
  /** `aws_dynamodb_table.records`; `data.` before it for a data source. */
  readonly address: string;
  readonly type: string;
  readonly name: string;
  /** The first step after the address: `arn`. Empty for the resource itself. */
  readonly attribute: string;
}

const address = String.raw`((?:data\.)?(?:aws_\w+|terraform_data)\.[A-Za-z_][\w-]*)`;
/** Also inside of an expression; not `$${…}`, which is text. */
const anywhere = new RegExp(String.raw`(?<!\$)\$\{[^}]*?\b${address}(?:\.(\w+))?`, "g");
const whole = new RegExp(String.raw`(?<!\$)\$\{${address}\.(\w+)[\w.[\]-]*\}`, "g");

function referenceOf(found: string, attribute = ""): ResourceReference {
  const [type = "", name = ""] = found.replace(/^data\./, "").split(".");
  return { address: found, type, name, attribute };
}

/** Every reference in a value, however deep. */
export function referencesIn(value: unknown): readonly ResourceReference[] {
  if (typeof value === "string")
    return [...value.matchAll(anywhere)].map(([, found = "", attribute]) => referenceOf(found, attribute));
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(referencesIn) : [];
}

/** An address with or without an attribute, as `replace_triggered_by` writes it: `aws_x.name`, `aws_x.name.id`. */
export const parseAddress = (text: string): ResourceReference | undefined => referencesIn(`\${${text}}`)[0];

/** A text with something else in place of its references. */
export const replaceReferences = (
  text: string,
  replace: (reference: ResourceReference, source: string) => string,
): string =>
  text.replace(whole, (source: string, found: string, attribute: string) =>
    replace(referenceOf(found, attribute), source),
  );
