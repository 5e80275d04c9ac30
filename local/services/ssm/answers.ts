import { type Answers, given, leftOut } from "../answers";

const parameter: Answers = {
  ...given("Name Type Value Version Selector LastModifiedDate ARN DataType"),
  ...leftOut("it is of parameters that are kept in other services, which are not emulated", "SourceResult"),
};

const described: Answers = {
  ...given("Name Type KeyId LastModifiedDate Version Tier DataType Description AllowedPattern"),
  ...leftOut("a stack says not who deploys it", "LastModifiedUser"),
  // An empty list: policies are not emulated.
  ...given("Policies"),
};

/** The members of what Parameter Store's operations answer. (Systems Manager API reference, the operations' pages) */
export const ssmAnswers: Readonly<Record<string, Answers>> = {
  DeleteParameter: {},
  DeleteParameters: given("DeletedParameters InvalidParameters"),
  DescribeParameters: { Parameters: { each: { ...described, ...given("ARN") } }, ...given("NextToken") },
  GetParameter: { Parameter: { members: parameter } },
  GetParameterHistory: {
    Parameters: { each: { ...described, ...given("Value Labels") } },
    ...given("NextToken"),
  },
  GetParameters: { Parameters: { each: parameter }, ...given("InvalidParameters") },
  GetParametersByPath: {
    Parameters: { each: { ...parameter, ...leftOut("paths have no versions", "Selector") } },
    ...given("NextToken"),
  },
  LabelParameterVersion: given("InvalidLabels ParameterVersion"),
  PutParameter: given("Version Tier"),
  UnlabelParameterVersion: given("RemovedLabels InvalidLabels"),
};
