import type { StageFacts } from "../definition/stage-facts";
import type { Exchange } from "../request/exchange";
import type { Overrides } from "./overrides";
import { readJson } from "./vtl-json";
import { bounded, TemplateError, type Value } from "./vtl-values";

/** The values that a template reads. */
export interface TemplateScope {
  readonly exchange: Exchange;
  readonly stage: StageFacts;
  readonly overrides: Overrides;
  /** Of the request, or of the integration's answer. */
  readonly body: string;
}

/** A mapping template, compiled. @throws TemplateError when it can't be rendered for a request */
export type Template = (scope: TemplateScope) => string;

/** A part of a template, compiled. */
export type Part = (rendering: Rendering) => void;

/** A value that depends on the request. */
export type Expression = (rendering: Rendering) => Value;

/** Passes of all loops together: a template that would loop for minutes ends here. */
const MOST_PASSES = 1_000_000;

/** One template while it is rendered: its variables, and the text so far. */
export class Rendering {
  readonly variables = new Map<string, Value>();
  /** Set by `#break` and `#stop`: nothing more is rendered of the loop, or at all. */
  ended: "loop" | "template" | undefined;
  private text = "";
  private parsedBody: Value;
  private hasParsed = false;
  private passes = 0;

  constructor(readonly scope: TemplateScope) {}

  /** The body as templates read it: JSON, or nothing; no body is an empty object (recorded). */
  get document(): Value {
    if (!this.hasParsed) this.parsedBody = readJson(this.scope.body || "{}");
    this.hasParsed = true;
    return this.parsedBody;
  }

  write(text: string): void {
    this.text = bounded(this.text + text);
  }

  /** The output of a part, as a text of its own. */
  textOf(part: Part): string {
    const before = this.text;
    this.text = "";
    part(this);
    const own = this.text;
    this.text = before;
    return own;
  }

  /** Counts a pass of a loop. */
  pass(): void {
    this.passes += 1;
    if (this.passes > MOST_PASSES) throw new TemplateError(`the loops of a template made ${MOST_PASSES} passes`);
  }
}
