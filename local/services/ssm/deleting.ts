import { type Input, jsonProtocol, textIn } from "../json-protocol";
import type { Operation, ServiceRequest } from "../service";
import { namesIn, nameToChange, notFound } from "./names";
import type { Parameters } from "./parameters";

const { success } = jsonProtocol("1.1");

/** Deletes one parameter with its versions (Systems Manager API reference, DeleteParameter). */
export function deleteOne(parameters: Parameters, request: ServiceRequest, input: Input): Operation {
  const { name, arn } = nameToChange(textIn(input, "Name"), request);
  return {
    needs: [{ action: "ssm:DeleteParameter", resource: arn }],
    run: () => {
      const parameter = parameters.byName(name);
      if (!parameter) throw notFound();
      parameters.delete(parameter);
      return success({});
    },
  };
}

/** Deletes up to ten, and says which were there (Systems Manager API reference, DeleteParameters). */
export function deleteSeveral(parameters: Parameters, request: ServiceRequest, input: Input): Operation {
  const asked = namesIn(input, "Names").map((name) => nameToChange(name, request));
  return {
    needs: asked.map(({ arn }) => ({ action: "ssm:DeleteParameters", resource: arn })),
    run: () => {
      const [DeletedParameters, InvalidParameters]: [string[], string[]] = [[], []];
      for (const { given, name } of asked) {
        const parameter = parameters.byName(name);
        if (parameter) parameters.delete(parameter);
        (parameter ? DeletedParameters : InvalidParameters).push(given);
      }
      return success({ DeletedParameters, InvalidParameters });
    },
  };
}
