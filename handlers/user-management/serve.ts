import type { Route } from "../../contracts/api";
import { handle, type Operation, type ProxyHandler } from "../runtime/handle";
import { isBehindDistribution, throughDistribution } from "../runtime/origin";

/** The distribution puts the stage's name in front of a path; its clients know nothing of it. */
const asAsked = (path: string): string => (isBehindDistribution ? path.replace(/^\/[^/]+/, "") : path);

/** The Lambda handler of a route. A stage with a distribution answers requests from that only. */
export const serve = <const R extends Route>(route: R, operation: Operation<R>): ProxyHandler =>
  handle(route, (input) => operation({ ...input, path: asAsked(input.path) }), { admit: throughDistribution });
