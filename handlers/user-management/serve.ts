import type { Route } from "../../contracts/api";
import { handle, type Operation, type ProxyHandler } from "../runtime/handle";
import { throughDistribution } from "../runtime/origin";

/** Makes the Lambda handler of a route, which a stage behind a distribution answers through that only. */
export const serve = <const R extends Route>(route: R, operation: Operation<R>): ProxyHandler =>
  handle(route, operation, { admit: throughDistribution });
