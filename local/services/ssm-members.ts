import type { Members } from "./members";

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
  DescribeParameters: { Filters: "refused", ParameterFilters: "refused", Shared: "refused", ...page },
};
