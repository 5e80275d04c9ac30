import { type Answers, given, leftOut } from "./answers";

const parameter: Answers = {
  ...given("Name Type Value Version Selector LastModifiedDate ARN DataType"),
  ...leftOut("it is of parameters that are kept in other services, which are not emulated", "SourceResult"),
};

const described: Answers = {
  ...given("Name Type KeyId LastModifiedDate Version Tier DataType"),
  ...leftOut("a stack says not who deploys it", "LastModifiedUser"),
  ...leftOut("it is not read from stacks", "Description AllowedPattern"),
  // Of the standard tier, which has none: an empty list.
  ...given("Policies"),
};

/** The members of what Parameter Store's operations answer. (Systems Manager API reference, the operations' pages) */
export const ssmAnswers: Readonly<Record<string, Answers>> = {
  DescribeParameters: { Parameters: { each: { ...described, ...given("ARN") } }, ...given("NextToken") },
  GetParameter: { Parameter: { members: parameter } },
  GetParameterHistory: {
    Parameters: { each: { ...described, ...given("Value Labels") } },
    ...leftOut("a parameter of a stack has one version, so there is no second page", "NextToken"),
  },
  GetParameters: { Parameters: { each: parameter }, ...given("InvalidParameters") },
  GetParametersByPath: {
    Parameters: { each: { ...parameter, ...leftOut("paths have no versions", "Selector") } },
    ...given("NextToken"),
  },
};
