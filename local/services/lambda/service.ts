import { jsonProtocol } from "../json-protocol";
import { decoded, notEmulated, type Operation, type Service, type ServiceRequest } from "../service";
import { type Invoke, invoking } from "./invoking";
import { type Functions, invokedArn } from "./names";
import { getAlias, getFunction, listAliases, listFunctions, listVersions } from "./reading";

const { failure } = jsonProtocol("1.1");

interface Dependencies {
  readonly invoke: Invoke;
  readonly functions: Functions;
}

/** A request about a function, by its ARN; `name` is what the path names beside it. */
type Perform = (dependencies: Dependencies, request: ServiceRequest, arn: string, name: string) => Operation;

/** Method and path, and what is done. A text is the name of an operation that is refused. */
const routes: readonly (readonly [method: string, path: RegExp, perform: Perform | string])[] = [
  ["POST", /^\/2015-03-31\/functions\/([^/]+)\/invocations$/, (own, request, arn) => invoking(own, arn, request)],
  ["GET", /^\/2015-03-31\/functions\/([^/]+)\/?$/, ({ functions }, _, arn) => getFunction(functions, arn, "function")],
  [
    "GET",
    /^\/2015-03-31\/functions\/([^/]+)\/configuration\/?$/,
    ({ functions }, _, arn) => getFunction(functions, arn, "configuration"),
  ],
  [
    "GET",
    /^\/2015-03-31\/functions\/([^/]+)\/versions\/?$/,
    ({ functions }, { query }, arn) => listVersions(functions, arn, query),
  ],
  [
    "GET",
    /^\/2015-03-31\/functions\/([^/]+)\/aliases\/?$/,
    ({ functions }, { query }, arn) => listAliases(functions, arn, query),
  ],
  [
    "GET",
    /^\/2015-03-31\/functions\/([^/]+)\/aliases\/([^/]+)\/?$/,
    ({ functions }, _, arn, name) => getAlias(functions, arn, name),
  ],
  ["POST", /^\/2015-03-31\/functions\/([^/]+)\/aliases\/?$/, "CreateAlias"],
  ["PUT", /^\/2015-03-31\/functions\/([^/]+)\/aliases\/([^/]+)$/, "UpdateAlias"],
  ["DELETE", /^\/2015-03-31\/functions\/([^/]+)\/aliases\/([^/]+)$/, "DeleteAlias"],
  ["POST", /^\/2015-03-31\/functions\/([^/]+)\/versions\/?$/, "PublishVersion"],
  ["POST", /^\/2021-11-15\/functions\/([^/]+)\/response-streaming-invocations$/, "InvokeWithResponseStream"],
  ["POST", /^\/2014-11-13\/functions\/([^/]+)\/invoke-async\/?$/, "InvokeAsync"],
  ["POST", /^\/2021-10-31\/functions\/([^/]+)\/url$/, "CreateFunctionUrlConfig"],
  ["GET", /^\/2021-10-31\/functions\/([^/]+)\/url$/, "GetFunctionUrlConfig"],
  ["PUT", /^\/2021-10-31\/functions\/([^/]+)\/url$/, "UpdateFunctionUrlConfig"],
  ["DELETE", /^\/2021-10-31\/functions\/([^/]+)\/url$/, "DeleteFunctionUrlConfig"],
  ["GET", /^\/2021-10-31\/functions\/([^/]+)\/urls$/, "ListFunctionUrlConfigs"],
];

const list = /^\/2015-03-31\/functions\/?$/;

/** Lambda's `Invoke`, for functions that call functions, and which functions, versions and aliases there are. */
export function lambdaService(invoke: Invoke, functions: Functions): Service {
  return {
    failure: (error) => {
      const { headers, ...rest } = failure(error);
      return { ...rest, headers: { ...headers, "x-amzn-ErrorType": error.code } };
    },
    operation: (request) => {
      const { method, query, caller } = request;
      const path = decoded(request.path);
      if (method === "GET" && list.test(path)) return listFunctions(functions, query);
      for (const [wanted, form, perform] of routes) {
        const [, fn, name = ""] = (method === wanted && form.exec(path)) || [];
        if (fn === undefined) continue;
        if (typeof perform === "string") throw notEmulated("Lambda", perform);
        return perform({ invoke, functions }, request, invokedArn(fn, query.get("Qualifier"), caller), name);
      }
      throw notEmulated("Lambda", `${method} ${request.path}`);
    },
  };
}
