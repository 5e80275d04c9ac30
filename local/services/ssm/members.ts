import { type Members, membersNamed } from "../members";

const page: Members = { MaxResults: "honoured", NextToken: "honoured" };

/** The members of Parameter Store's operations. (Systems Manager API reference, the operations' pages) */
export const ssmMembers: Readonly<Record<string, Members>> = {
  GetParameter: { Name: "honoured", WithDecryption: "honoured" },
  GetParameters: { Names: "honoured", WithDecryption: "honoured" },
  GetParametersByPath: {
    Path: "honoured",
    Recursive: "honoured",
    ParameterFilters: "refused",
    WithDecryption: "honoured",
    ...page,
  },
  GetParameterHistory: { Name: "honoured", WithDecryption: "honoured", ...page },
  PutParameter: {
    ...membersNamed("Name Description Value Type KeyId Overwrite AllowedPattern Tier DataType", "honoured"),
    ...membersNamed("Tags Policies", "refused"),
  },
  DeleteParameter: { Name: "honoured" },
  DeleteParameters: { Names: "honoured" },
  LabelParameterVersion: membersNamed("Name ParameterVersion Labels", "honoured"),
  UnlabelParameterVersion: membersNamed("Name ParameterVersion Labels", "honoured"),
  DescribeParameters: { Filters: "refused", ParameterFilters: "refused", Shared: "refused", ...page },
};
