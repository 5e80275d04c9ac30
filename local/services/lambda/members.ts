import type { Members } from "../members";

const place: Members = { FunctionName: "honoured", Qualifier: "honoured" };

const page: Members = { Marker: "honoured", MaxItems: "honoured" };

/** The members of Lambda's operations, wherever in the request they stand. (Lambda API reference, the operations' pages) */
export const lambdaMembers: Readonly<Record<string, Members>> = {
  Invoke: {
    ...place,
    InvocationType: "honoured",
    LogType: "refused",
    ClientContext: "refused",
    DurableExecutionName: "refused",
    TenantId: "refused",
    Payload: "honoured",
  },
  ListFunctions: { MasterRegion: "refused", FunctionVersion: "honoured", ...page },
  ListVersionsByFunction: { FunctionName: "honoured", ...page },
  ListAliases: { FunctionName: "honoured", FunctionVersion: "honoured", ...page },
  GetAlias: { FunctionName: "honoured", Name: "honoured" },
  GetFunction: place,
  GetFunctionConfiguration: place,
};
