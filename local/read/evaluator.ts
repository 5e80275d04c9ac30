import { isEmulated } from "../../aws/catalogue";
import type { Json } from "../../lib/json";
import { UserError } from "../../lib/user-error";
import { parseTemplate, type Reference } from "../../stack-json/template";
import { Arguments, type Attributes, isAttributes } from "./arguments";
import { computed, isComputed } from "./computed";
import { plausible } from "./plausible";
import { policyDocument } from "./policy-document";
import type { StackFile } from "./stack-file";

/** Sources of values that are not in the JSON. */
export interface Outside {
  variable(name: string): Json;
  /** A value that AWS would make up, the same at each start. */
  secret(address: string, length: number): string;
}

/** Data sources of which all is known that they would find. */
export const knownDataSources: ReadonlySet<string> = new Set([
  ...["aws_caller_identity", "aws_iam_policy_document", "aws_partition", "aws_region"],
]);

/** Resolves the references of one stack. Strict: what it does not know is an error that names resource and attribute. */
export class Evaluator {
  private readonly open = new Set<string>();

  constructor(
    private readonly file: StackFile,
    private readonly outside: Outside,
  ) {}

  /** All arguments of a resource. */
  resource(type: string, name: string): Attributes {
    const written = this.file.resources.get(type)?.get(name) ?? {};
    return Object.fromEntries(Object.keys(written).map((key) => [key, this.attribute(type, name, key)]));
  }

  /**
   * An argument or computed attribute of a resource.
   *
   * @throws UserError `aws_x.name: attribute: …` when it can't be known
   */
  attribute(type: string, name: string, attribute: string): Json {
    const address = `${type}.${name}`;
    const place = `${address}: ${attribute}`;
    if (this.open.has(place)) throw new UserError(`${place} depends on itself`);
    this.open.add(place);
    try {
      const written = this.file.resources.get(type)?.get(name);
      if (!written) throw new UserError(`${address} is not in the stack`);
      const argument = own(written, attribute);
      if (argument !== undefined && argument !== null) return this.value(argument, place);
      const value = this.computed(type, name, attribute);
      if (value === undefined) throw new UserError(`${place} is neither an argument nor known to be computed`);
      return value;
    } finally {
      this.open.delete(place);
    }
  }

  /** Whether a resource has an argument or a computed attribute of this name. */
  knows(type: string, name: string, attribute: string): boolean {
    return own(this.file.resources.get(type)?.get(name), attribute) !== undefined || isComputed(type, attribute);
  }

  private computed(type: string, name: string, attribute: string): Json | undefined {
    const { name: stack, region, accountId } = this.file;
    return computed(attribute, {
      type,
      name,
      stack,
      region,
      accountId,
      text: (other) => String(this.attribute(type, name, other)),
      value: (other) => this.attribute(type, name, other),
      secret: (length) => this.outside.secret(`${stack}/${type}.${name}`, length),
    });
  }

  private value(written: Json, place: string): Json {
    if (typeof written === "string") return this.text(written, place);
    if (Array.isArray(written)) return written.map((item: Json) => this.value(item, place));
    if (!isAttributes(written)) return written;
    return Object.fromEntries(Object.entries(written).map(([key, item]) => [key, this.value(item, place)]));
  }

  private text(written: string, place: string): Json {
    const [first, ...others] = this.at(place, () => parseTemplate(written));
    if (first === undefined) return "";
    // A reference that is alone keeps its type; in a text it becomes text.
    if (others.length === 0) return typeof first === "string" ? first : this.reference(first, place);
    return [first, ...others].map((piece) => (typeof piece === "string" ? piece : this.inText(piece, place))).join("");
  }

  private inText(reference: Reference, place: string): string {
    const value = this.reference(reference, place);
    if (typeof value === "object") throw new UserError(`${place}: \${${reference.source}} is no text`);
    return String(value);
  }

  private reference({ path, source }: Reference, place: string): Json {
    const [root, name = "", attribute = "", ...rest] = path;
    if (root === "var") return this.at(place, () => pick(this.outside.variable(name), path.slice(2), source));
    if (root === "local") {
      const local = this.file.locals[name];
      if (local === undefined) throw new UserError(`${place}: local.${name} is not in the stack`);
      return this.at(place, () => pick(this.value(local, `local.${name}`), path.slice(2), source));
    }
    // Paths in a stack are relative to its own folder, which is where Terraform runs.
    if (root === "path" && ["module", "root", "cwd"].includes(name)) return ".";
    if (root === "data") return this.ofDataSource({ path, source }, place);
    if (!this.file.resources.get(root)?.has(name) || attribute === "") {
      throw new UserError(`${place}: \${${source}} refers to nothing in the stack`);
    }
    if (!isEmulated(root)) return this.ofNotEmulated(root, name, [attribute, ...rest]);
    return this.at(place, () => pick(this.attribute(root, name, attribute), rest, source));
  }

  /** The result of a data source: the stack's own value, or a plausible one. */
  private ofDataSource({ path, source }: Reference, place: string): Json {
    const [, type = "", name = "", ...rest] = path;
    const written = this.file.dataSources.get(type)?.get(name);
    if (!written) throw new UserError(`${place}: \${${source}} refers to nothing in the stack`);
    if (type === "aws_iam_policy_document") return pick(this.policyDocument(name, written), rest, source);
    const { name: stack, region, accountId } = this.file;
    const [attribute = ""] = rest;
    const known = new Map<string, Json>([
      ...["name", "region", "id"].map((one) => [`aws_region.${one}`, region] as const),
      ...["account_id", "id"].map((one) => [`aws_caller_identity.${one}`, accountId] as const),
      ["aws_partition.partition", "aws"],
      ["aws_partition.dns_suffix", "amazonaws.com"],
    ]);
    return known.get(`${type}.${attribute}`) ?? plausible(rest, { type, name, stack, region, accountId });
  }

  private policyDocument(name: string, written: Attributes): Attributes {
    const address = `data.aws_iam_policy_document.${name}`;
    if (this.open.has(address)) throw new UserError(`${address} depends on itself`);
    this.open.add(address);
    try {
      const entries = Object.entries(written).map(
        ([key, item]) => [key, this.value(item, `${address}: ${key}`)] as const,
      );
      const document = policyDocument(new Arguments(address, Object.fromEntries(entries)));
      return { json: JSON.stringify(document, null, 2), minified_json: JSON.stringify(document), id: address };
    } finally {
      this.open.delete(address);
    }
  }

  /** The argument as far as it can be read here; else a plausible value. */
  private ofNotEmulated(type: string, name: string, path: readonly string[]): Json {
    const [attribute = ""] = path;
    const written = own(this.file.resources.get(type)?.get(name), attribute);
    const { name: stack, region, accountId } = this.file;
    const guess = () => plausible(path, { type, name, stack, region, accountId });
    if (written === undefined && !isComputed(type, attribute)) return guess();
    try {
      return pick(this.attribute(type, name, attribute), path.slice(1), attribute);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      // Expressions that only Terraform evaluates: nothing that is emulated depends on what becomes of them.
      return guess();
    }
  }

  private at<T>(place: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof UserError) || error.message.startsWith(place)) throw error;
      throw new UserError(`${place}: ${error.message}`);
    }
  }
}

/** A member of what was read from JSON, and of nothing that all objects have. */
const own = (attributes: Attributes | undefined, name: string): Json | undefined =>
  attributes && Object.hasOwn(attributes, name) ? attributes[name] : undefined;

function pick(value: Json, path: readonly string[], source: string): Json {
  let found = value;
  for (const key of path) {
    const inside: Json | undefined = Array.isArray(found)
      ? (found[Number(key)] as Json | undefined)
      : isAttributes(found)
        ? own(found, key)
        : undefined;
    if (inside === undefined) throw new UserError(`\${${source}}: there is no ${key} in it`);
    found = inside;
  }
  return found;
}
