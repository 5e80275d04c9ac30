import type { APIGatewayProxyEvent } from "aws-lambda";
import { envList } from "./env";
import { Forbidden } from "./errors";
import { same } from "./same";
import { secret } from "./secret";

/** The header that the distribution adds, in place of one that a client may have sent. */
const HEADER = "x-origin-secret";

const [parameter] = envList("ORIGIN_SECRET_PARAMETER");
const accepted = parameter === undefined ? undefined : secret(parameter);

/** Whether the function answers through a distribution only. */
export const isBehindDistribution = accepted !== undefined;

/** While a secret is being replaced, the parameter contains the new one and the old one, with a comma between them. */
const isOneOf = (given: string, secrets: string): boolean =>
  secrets.split(",").filter((each) => each !== "" && same(given, each)).length > 0;

function givenIn({ multiValueHeaders }: APIGatewayProxyEvent): string | undefined {
  const given = Object.entries(multiValueHeaders ?? {}).flatMap(([name, values = []]) =>
    name.toLowerCase() === HEADER ? values : [],
  );
  return given.length === 1 ? given[0] : undefined;
}

/**
 * Lets through what came through the distribution; all of it where the function has no such secret.
 *
 * @throws Forbidden for everything else
 *
 * @example
 * export const handler = handle(recordsApi.routes.getRecord, work, { admit: throughDistribution });
 */
export async function throughDistribution(event: APIGatewayProxyEvent): Promise<void> {
  if (!accepted) return;
  const given = givenIn(event);
  const known =
    given !== undefined && (isOneOf(given, await accepted.read()) || isOneOf(given, await accepted.reread()));
  if (!known) throw new Forbidden("This stage answers through its distribution only.");
}
