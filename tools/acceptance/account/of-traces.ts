import { type Check, functionNames, NotHere, required, resources, steps } from "./deployment";

export const traces: Check = async (deployed) => {
  const { account } = deployed;
  const names = new Set(functionNames(deployed));
  const [...ids] = required(
    steps(deployed).flatMap(({ traceId }) => /Root=([\w-]+)/.exec(traceId ?? "")?.[1] ?? []),
    "traces",
  );
  const segments = await account.until("a trace with a function's segment", async () => {
    for (const id of ids.slice(0, 5)) {
      const found = await account.segments(id);
      if (found.some((segment) => names.has(segment.split(" ").at(-1) ?? ""))) return found;
    }
    return undefined;
  });
  return `a trace has the segments ${segments.join(", ")}`;
};

/** Traces leave a network that has no route to the internet. */
export const tracesWithoutWayOut: Check = async (deployed) => {
  required(resources(deployed, "aws_vpc"), "a network");
  if (resources(deployed, "aws_nat_gateway").length > 0)
    throw new NotHere("a network without a way out: this system's has one");
  return traces(deployed);
};
