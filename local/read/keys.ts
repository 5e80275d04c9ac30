import { UserError } from "../../lib/user-error";
import type { Arguments } from "./arguments";
import type { Graph } from "./graph";

/** A key of a stack. */
export interface Key {
  readonly arn: string;
  /** All that a request may call it: its id, its ARN, its aliases and theirs. */
  readonly names: readonly string[];
}

/** The keys of a stack. */
export const keysOf = (graph: Graph): readonly Key[] =>
  graph.all("aws_kms_key").map(({ arn, id }) => {
    const aliases = graph
      .all("aws_kms_alias")
      .filter((alias) => [arn, id].includes(alias.text("target_key_id")))
      .flatMap((alias) => [alias.text("name"), alias.arn]);
    return { arn, names: [id, arn, ...aliases] };
  });

/**
 * The ARN of the key that an argument names: by ARN, by id, or by an alias of the stack. None for keys that AWS manages,
 * which let everybody in the account who may use the service.
 *
 * @throws UserError when the key is not in the stack
 */
export function keyArn(graph: Graph, resource: Arguments, argument: string): string | undefined {
  const name = resource.optionalText(argument);
  if (name === undefined || /(^|:)alias\/aws\//.test(name)) return undefined;
  const alias = graph.all("aws_kms_alias").find((candidate) => [candidate.text("name"), candidate.arn].includes(name));
  const target = alias?.text("target_key_id") ?? name;
  const key = graph.all("aws_kms_key").find((candidate) => [candidate.arn, candidate.id].includes(target));
  if (key) return key.arn;
  throw new UserError(
    `${resource.address}: ${argument} ${name} is no key of the stack, so its policy can't be evaluated`,
  );
}

/** The key's ARN as a definition has it: absent where AWS manages the key. */
export function keyOf(graph: Graph, resource: Arguments, argument: string): { readonly keyArn?: string } {
  const arn = keyArn(graph, resource, argument);
  return arn === undefined ? {} : { keyArn: arn };
}
