import type { Api, OperationId } from "../../contracts/api";
import type { AwsServer } from "./aws-server";
import { type DeployedFunction, startFunction } from "./function";

/** Dependencies of a system's functions. */
export interface Surroundings {
  /** The services that they call, which can be made to fail. */
  readonly services: readonly { readonly server: AwsServer; stop?(): Promise<void> }[];
  /** Variables from the stack, and the endpoints of a local run; beside those of every function. */
  readonly variables: Readonly<Record<string, string>>;
}

/** A system's functions as they are deployed, by operation. */
export type Functions<Operation extends string> = Record<Operation, DeployedFunction> & {
  /** Another deployment of a function, with other variables. */
  deploy(operation: Operation, environment?: Readonly<Record<string, string>>): DeployedFunction;
  /** Takes every fault away. */
  heal(): void;
  /** Stops functions and services. */
  stop(): Promise<void>;
};

/** `getRecord` of records is `records/get-record.ts`. */
const entryOf = ({ name }: Api, operation: string): string =>
  `${name}/${operation.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.ts`;

/** A function that starts with its first request. */
function lazily(deploy: () => DeployedFunction): DeployedFunction {
  let fn: DeployedFunction | undefined;
  return {
    answer: (event) => {
      fn ??= deploy();
      return fn.answer(event);
    },
    ask: (...asked) => {
      fn ??= deploy();
      return fn.ask(...asked);
    },
    stop: async () => fn?.stop(),
  };
}

/** The functions of an API; they start when they are first used. */
export function functionsOf<A extends Api>(api: A, { services, variables }: Surroundings): Functions<OperationId<A>> {
  const common = {
    ENVIRONMENT: "test",
    POWERTOOLS_SERVICE_NAME: api.name,
    CORS_ORIGINS: "https://app.example.com",
    ...variables,
  };
  const deployed: DeployedFunction[] = [];
  const deploy = (operation: OperationId<A>, environment: Readonly<Record<string, string>> = {}) => {
    const route = api.routes[operation];
    if (!route) throw new Error(`${api.name} has no route ${operation}`);
    const fn = startFunction(entryOf(api, operation), route, { ...common, OPERATION_ID: operation, ...environment });
    deployed.push(fn);
    return fn;
  };
  const operations = Object.keys(api.routes) as OperationId<A>[];
  const functions = Object.fromEntries(operations.map((operation) => [operation, lazily(() => deploy(operation))]));
  return {
    ...(functions as Record<OperationId<A>, DeployedFunction>),
    deploy,
    heal: () => {
      for (const { server } of services) server.fault = () => undefined;
    },
    stop: async () => {
      await Promise.all(deployed.map((fn) => fn.stop()));
      await Promise.all(services.map((service) => service.stop?.() ?? service.server.stop()));
    },
  };
}
