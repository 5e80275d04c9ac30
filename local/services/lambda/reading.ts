import { randomUUID } from "node:crypto";
import { unqualifiedArn } from "../../../aws/arn";
import type { FunctionAlias } from "../../read/function-alias";
import { type FunctionDefinition, versionsOf } from "../../read/function-definition";
import { checkMembers } from "../members";
import { pageOf } from "../pages";
import { type Operation, ServiceError, type ServiceResponse } from "../service";
import { lambdaMembers } from "./members";
import { byUser, checkPattern, type Functions, found, versionIn, violation } from "./names";

const since = new Date().toISOString().replace("Z", "+0000");
const MOST_LISTED = 50;

/** A version of a function as Lambda shows it (Lambda API reference, FunctionConfiguration). */
const shown = (fn: FunctionDefinition, version = "$LATEST", arn = fn.arn) => ({
  FunctionName: fn.name,
  FunctionArn: arn,
  Runtime: fn.runtime,
  Role: fn.roleArn,
  Handler: fn.handler,
  CodeSha256: fn.codeHash,
  Timeout: fn.timeoutSeconds,
  MemorySize: fn.memoryMb,
  LastModified: since,
  Version: version,
  PackageType: "Zip",
  State: "Active",
  LastUpdateStatus: "Successful",
  Environment: { Variables: fn.environment },
  LoggingConfig: {
    LogFormat: fn.logFormat,
    LogGroup: fn.logGroupName,
    ...(fn.applicationLogLevel === undefined ? {} : { ApplicationLogLevel: fn.applicationLogLevel }),
  },
  ...(fn.keyArn === undefined ? {} : { KMSKeyArn: fn.keyArn }),
  ...(fn.deadLetterArn === undefined ? {} : { DeadLetterConfig: { TargetArn: fn.deadLetterArn } }),
});

/** An alias as Lambda shows it (Lambda API reference, GetAlias). */
const shownAlias = ({ arn, name, version, description, weights }: FunctionAlias) => ({
  AliasArn: arn,
  Name: name,
  FunctionVersion: version,
  Description: description,
  ...(Object.keys(weights).length > 0 ? { RoutingConfig: { AdditionalVersionWeights: weights } } : {}),
});

const json = (value: object): ServiceResponse => ({
  status: 200,
  headers: { "Content-Type": "application/json", "x-amzn-RequestId": randomUUID() },
  body: JSON.stringify(value),
});

/** A page of a list under a name. @throws ServiceError when a list of this length can't be asked for */
function listed(name: string, query: URLSearchParams, all: () => readonly object[]): () => ServiceResponse {
  const most = Number(query.get("MaxItems") ?? MOST_LISTED);
  if (!Number.isInteger(most) || most < 1 || most > 10_000) {
    throw violation("maxItems", query.get("MaxItems"), "Member must have value between 1 and 10000");
  }
  return () => {
    const token = query.get("Marker") ?? undefined;
    const { items, next } = pageOf(all(), Math.min(most, MOST_LISTED), token, "InvalidParameterValueException");
    return json({ [name]: items, NextMarker: next ?? null });
  };
}

const shownVersions = (fn: FunctionDefinition) =>
  versionsOf(fn).map((version) => shown(fn, version, `${fn.arn}:${version}`));

export function listFunctions(functions: Functions, query: URLSearchParams): Operation {
  checkMembers("Lambda", "ListFunctions", Object.fromEntries(query), lambdaMembers["ListFunctions"] ?? {});
  const versions = query.get("FunctionVersion");
  if (versions !== null && versions !== "ALL")
    throw violation("functionVersion", versions, "Member must satisfy enum value set: [ALL]");
  const all = () => functions().flatMap((fn) => (versions === null ? [shown(fn)] : shownVersions(fn)));
  return {
    needs: [{ action: "lambda:ListFunctions", resource: "*" }],
    run: listed("Functions", query, all),
  };
}

/** `GetFunction` and `GetFunctionConfiguration`, without a URL of the code: the package is a file of the stack. */
export function getFunction(functions: Functions, arn: string, part: "function" | "configuration"): Operation {
  const action = part === "function" ? "lambda:GetFunction" : "lambda:GetFunctionConfiguration";
  return {
    needs: [{ action, resource: arn }],
    run: () => {
      const fn = found(functions, arn);
      const Configuration = shown(fn, versionIn(fn, arn), arn);
      if (part === "configuration") return json(Configuration);
      const { reservedConcurrency: reserved } = fn;
      const Concurrency = reserved === undefined ? undefined : { ReservedConcurrentExecutions: reserved };
      return json({ Configuration, Code: { RepositoryType: "S3" }, Tags: fn.tags, Concurrency });
    },
  };
}

export function listVersions(functions: Functions, arn: string, query: URLSearchParams): Operation {
  return {
    needs: [{ action: "lambda:ListVersionsByFunction", resource: arn }],
    run: listed("Versions", query, () => shownVersions(found(functions, arn))),
  };
}

export function listAliases(functions: Functions, arn: string, query: URLSearchParams): Operation {
  const version = query.get("FunctionVersion");
  if (version !== null) checkPattern("functionVersion", version);
  const leadsTo = ({ version: own, weights }: FunctionAlias) =>
    version === null || own === version || Object.hasOwn(weights, version);
  return {
    needs: [{ action: "lambda:ListAliases", resource: arn }],
    run: listed("Aliases", query, () => found(functions, arn).aliases.filter(leadsTo).map(shownAlias)),
  };
}

export function getAlias(functions: Functions, arn: string, name: string): Operation {
  checkPattern("name", name);
  return {
    needs: [{ action: "lambda:GetAlias", resource: arn }],
    run: () => {
      const fn = functions().find((one) => one.arn === unqualifiedArn(arn));
      const alias = fn?.aliases.find((one) => one.name === name);
      if (alias) return json(shownAlias(alias));
      const message = `Cannot find alias arn: ${unqualifiedArn(arn)}:${name}`;
      throw new ServiceError("ResourceNotFoundException", message, { status: 404, members: byUser });
    },
  };
}
