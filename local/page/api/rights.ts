import { shortArn } from "../reason";
import type { Endpoint } from "./endpoint";

export const rightsEndpoints: readonly Endpoint[] = [
  {
    method: "GET",
    path: "/api/rights",
    operationId: "listRights",
    summary: "Function × action × resource: what was granted and used, granted and not used since the start, or denied",
    answer(_, { runner, recorder }) {
      const granted = runner.grants().map(({ function: name, action, resource, when, used }) => ({
        ...{ function: name, action, resource, short: shortArn(resource), when },
        state: used ? ("used" as const) : ("unused" as const),
      }));
      const denied = new Map<string, object>();
      for (const { function: name, action, resource, grant, policy, at } of recorder.denials.newestFirst()) {
        const key = `${name} ${action} ${resource}`;
        if (denied.has(key)) continue;
        const by = policy && `${policy.kind} policy at ${policy.address}`;
        const short = shortArn(resource);
        denied.set(key, { function: name, action, resource, short, grant, by, at, state: "denied" as const });
      }
      return { rights: [...denied.values(), ...granted] };
    },
  },
];
