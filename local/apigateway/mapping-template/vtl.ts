import { DefinitionError, notEmulated } from "../definition/definition-error";
import { ExpressionCompiler, itemsOf } from "./vtl-expression";
import { compileReference, compileTarget } from "./vtl-reference";
import { type Expression, type Part, Rendering, type Template } from "./vtl-rendering";
import { Scanner } from "./vtl-scanner";
import { TemplateError, truthy, type Value, written } from "./vtl-values";

/** Passes of one loop, which ends there (developer guide, quotas: "Iterations in a #foreach ... #end loop"). */
const MOST_PASSES_OF_A_LOOP = 1000;

/**
 * Compiles a mapping template: what API Gateway takes of the Velocity language (developer guide, "Mapping template
 * transformations"). What is not understood is refused here, not skipped when a request comes.
 */
export function compileTemplate(source: string, place: string): Template {
  const part = compileText(new Scanner(source, place));
  return (scope) => {
    const rendering = new Rendering(scope);
    try {
      return rendering.textOf(part);
    } catch (error) {
      // Values that are in each other without end, and texts that are too long for JavaScript.
      if (error instanceof RangeError) throw new TemplateError(`a template can't be rendered: ${error.message}`);
      throw error;
    }
  };
}

function compileText(scanner: Scanner): Part {
  const part = new BlockCompiler(scanner).block();
  if (!scanner.done)
    throw new DefinitionError(scanner.place, `#${scanner.directive()} without an #if or a #foreach before it`);
  return part;
}

/** Reads blocks of text, references and directives. */
class BlockCompiler {
  private readonly expression: () => Expression;

  constructor(private readonly scanner: Scanner) {
    this.expression = new ExpressionCompiler(scanner, compileText).expression;
  }

  /** Reads up to the end, or to a directive that ends a block. */
  block(): Part {
    const { scanner } = this;
    const parts: Part[] = [];
    while (!scanner.done) {
      const text = scanner.text();
      if (text) parts.push((rendering) => rendering.write(text));
      if (scanner.done) break;
      if (scanner.skipComment()) continue;
      const name = scanner.directive();
      if (name !== undefined && ["else", "elseif", "end"].includes(name)) break;
      parts.push(name === undefined ? this.reference() : this.directive(name));
    }
    return (rendering) => {
      for (const part of parts) {
        if (rendering.ended) return;
        part(rendering);
      }
    };
  }

  private reference(): Part {
    const value = compileReference(this.scanner, this.expression);
    return (rendering) => rendering.write(written(value(rendering)));
  }

  private directive(name: string): Part {
    const { place } = this.scanner;
    if (name === "if") return this.condition();
    this.scanner.takeDirective();
    if (name === "set") return this.set();
    if (name === "foreach") return this.loop();
    if (name !== "break" && name !== "stop") throw notEmulated(place, `#${name}`);
    const ended = name === "break" ? "loop" : "template";
    return (rendering) => {
      rendering.ended = ended;
    };
  }

  private set(): Part {
    const { scanner } = this;
    scanner.expect("(");
    const store = compileTarget(scanner, this.expression);
    scanner.expect("=");
    const value = this.expression();
    scanner.expect(")");
    scanner.skipLineEnd();
    return (rendering) => store(rendering, value(rendering));
  }

  private condition(): Part {
    const { scanner } = this;
    const branches: { readonly test: Expression; readonly block: Part }[] = [];
    for (let name = scanner.takeDirective(); name !== "end"; name = scanner.takeDirective()) {
      const test: Expression = name === "else" ? () => true : this.inBrackets();
      scanner.skipLineEnd();
      branches.push({ test, block: this.blockOf("#if") });
    }
    scanner.skipLineEnd();
    return (rendering) => branches.find(({ test }) => truthy(test(rendering)))?.block(rendering);
  }

  private inBrackets(): Expression {
    this.scanner.expect("(");
    const value = this.expression();
    this.scanner.expect(")");
    return value;
  }

  /** `#foreach($item in $list)`, with `$foreach.index`, `count`, `hasNext`, `first`, `last` and `parent`. */
  private loop(): Part {
    const { scanner } = this;
    scanner.expect("(");
    scanner.space();
    const name = scanner.match(/\$!?\{?([A-Za-z_][\w-]*)\}?/y)?.[1];
    if (name === undefined) throw scanner.unexpected("#foreach needs a reference");
    scanner.expect("in");
    const items = this.expression();
    scanner.expect(")");
    scanner.skipLineEnd();
    const body = this.blockOf("#foreach");
    if (scanner.takeDirective() !== "end") throw scanner.unexpected("#end was expected");
    scanner.skipLineEnd();
    return (rendering) => eachOf(itemsOf(items(rendering)), { name, body, rendering });
  }

  private blockOf(directive: string): Part {
    const { place } = this.scanner;
    const block = this.block();
    if (this.scanner.done) throw new DefinitionError(place, `${directive} without its #end`);
    return block;
  }
}

interface Loop {
  readonly name: string;
  readonly body: Part;
  readonly rendering: Rendering;
}

function eachOf(items: readonly Value[], { name, body, rendering }: Loop): void {
  const { variables } = rendering;
  const before = [name, "foreach", "velocityCount"].map((one) => [one, variables.get(one)] as const);
  const passes = items.slice(0, MOST_PASSES_OF_A_LOOP);
  for (const [index, item] of passes.entries()) {
    rendering.pass();
    variables.set(name, item);
    variables.set("velocityCount", BigInt(index + 1));
    variables.set("foreach", passOf(index, items.length, before[1]?.[1]));
    body(rendering);
    if (rendering.ended) break;
  }
  if (rendering.ended === "loop") rendering.ended = undefined;
  for (const [one, value] of before) variables.set(one, value);
}

const passOf = (index: number, size: number, parent: Value): Value =>
  new Map<string, Value>([
    ["index", BigInt(index)],
    ["count", BigInt(index + 1)],
    ["hasNext", index + 1 < size],
    ["first", index === 0],
    ["last", index + 1 === size],
    ["parent", parent],
  ]);
