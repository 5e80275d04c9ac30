import type { Endpoint } from "./endpoint";

export const functionEndpoints: readonly Endpoint[] = [
  {
    method: "GET",
    path: "/api/functions",
    operationId: "listFunctions",
    summary: "The functions of the systems",
    answer: (_, { runner }) => ({
      functions: runner.systems.flatMap(({ name: system, functions }) =>
        functions.map(({ name, id, memoryMb, timeoutSeconds, reservedConcurrency }) => ({
          ...{ system, name, id, memoryMb, timeoutSeconds, reservedConcurrency },
        })),
      ),
    }),
  },
];
