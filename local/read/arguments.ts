import { isObject, type Json } from "../../lib/json";
import { UserError } from "../../lib/user-error";
import { notEmulated } from "./not-emulated";

/** The arguments of a resource, or a block in it, by their names in Terraform. */
export type Attributes = { readonly [name: string]: Json };

export const isAttributes = (value: Json | undefined): value is Attributes => isObject(value);

/** Reads the arguments of one resource; what is missing or of another type is an error that names it. */
export class Arguments {
  constructor(
    readonly address: string,
    readonly attributes: Attributes,
  ) {}

  text(name: string): string {
    const value = this.attributes[name];
    if (typeof value !== "string") throw this.wrong(name, "a string", value);
    return value;
  }

  optionalText(name: string): string | undefined {
    return this.has(name) ? this.text(name) : undefined;
  }

  /** Terraform takes a number's text where it wants a number. */
  number(name: string, otherwise?: number): number {
    const value = this.attributes[name] ?? otherwise;
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (typeof number !== "number" || Number.isNaN(number)) throw this.wrong(name, "a number", value);
    return number;
  }

  flag(name: string, otherwise = false): boolean {
    const value = this.attributes[name] ?? otherwise;
    if (typeof value === "boolean") return value;
    if (value === "true" || value === "false") return value === "true";
    throw this.wrong(name, "true or false", value);
  }

  texts(name: string): readonly string[] {
    const value = this.attributes[name] ?? [];
    const list: readonly Json[] = Array.isArray(value) ? value : [value];
    return list.map((item) => {
      if (typeof item !== "string") throw this.wrong(name, "strings", value);
      return item;
    });
  }

  /** Blocks of a name: JSON has one as an object, or several as a list. */
  blocks(name: string): readonly Arguments[] {
    const value = this.attributes[name] ?? [];
    const list: readonly Json[] = Array.isArray(value) ? value : [value];
    return list.map((item, index) => {
      if (!isAttributes(item)) throw this.wrong(name, "a block", item);
      return new Arguments(`${this.address}: ${name}[${index}]`, item);
    });
  }

  block(name: string): Arguments | undefined {
    return this.blocks(name)[0];
  }

  private wrong(name: string, wanted: string, value: Json | undefined): Error {
    return new UserError(`${this.address}: ${name} must be ${wanted}, got ${JSON.stringify(value) ?? "nothing"}`);
  }

  has(name: string): boolean {
    return this.attributes[name] !== undefined && this.attributes[name] !== null;
  }

  /** An error that says what of it would make what runs here act differently from AWS. */
  notEmulated(what: string): Error {
    return notEmulated(this.address, `${what} is not emulated here`);
  }

  /** @throws UserError when an argument of these is set, and to more than `false` */
  refuse(...names: readonly string[]): void {
    const found = names.find((name) => this.has(name) && this.attributes[name] !== false);
    if (found !== undefined) throw this.notEmulated(found);
  }

  /** @throws UserError when another argument than these is set, and to more than `false` */
  refuseOthers(...names: readonly string[]): void {
    this.refuse(...Object.keys(this.attributes).filter((name) => !names.includes(name)));
  }
}
