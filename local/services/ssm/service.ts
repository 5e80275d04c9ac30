import type { Key } from "../../read/keys";
import { type Input, inputOf, jsonProtocol, targetOf } from "../json-protocol";
import { checkMembers } from "../members";
import { notEmulated, type Operation, type Service, type ServiceRequest } from "../service";
import { deleteOne, deleteSeveral } from "./deleting";
import { label, unlabel } from "./labelling";
import { ssmMembers } from "./members";
import type { Parameters } from "./parameters";
import { put } from "./putting";
import { byPath, describe, get, history } from "./reading";

const { failure } = jsonProtocol("1.1");

type Make = (parameters: Parameters, request: ServiceRequest, input: Input) => Operation;

const operations: Readonly<Record<string, Make>> = {
  GetParameter: (parameters, request, input) => get(parameters, request, input, "GetParameter"),
  GetParameters: (parameters, request, input) => get(parameters, request, input, "GetParameters"),
  GetParametersByPath: byPath,
  GetParameterHistory: history,
  DescribeParameters: (parameters, _, input) => describe(parameters, input),
  DeleteParameter: deleteOne,
  DeleteParameters: deleteSeveral,
  LabelParameterVersion: label,
  UnlabelParameterVersion: unlabel,
};

/** Parameter Store. @param keys of the stacks, which may encrypt what is written */
export function ssmService(parameters: Parameters, keys: () => readonly Key[]): Service {
  return {
    failure,
    operation: (request) => {
      const operation = targetOf(request);
      const members = Object.hasOwn(ssmMembers, operation) ? ssmMembers[operation] : undefined;
      if (!members) throw notEmulated("SSM", operation);
      const input = inputOf(request);
      checkMembers("SSM", operation, input, members);
      if (operation === "PutParameter") return put({ parameters, keys: keys() }, request, input);
      const make = operations[operation];
      if (!make) throw notEmulated("SSM", operation);
      return make(parameters, request, input);
    },
  };
}
