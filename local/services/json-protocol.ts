import { randomUUID } from "node:crypto";
import { isObject, type JsonObject } from "../../lib/json";
import { ServiceError, type ServiceRequest, type ServiceResponse } from "./service";

/** The input of a JSON operation. */
export type Input = JsonObject;

/** The operation that `X-Amz-Target` names: `AmazonSSM.GetParameter` is `GetParameter`. */
export const targetOf = ({ headers }: ServiceRequest): string =>
  String(headers["x-amz-target"] ?? "").split(".")[1] ?? "";

export function inputOf({ body }: Pick<ServiceRequest, "body">): Input {
  try {
    const input: unknown = body.length > 0 ? JSON.parse(body.toString("utf8")) : {};
    if (isObject(input)) return input;
  } catch {
    // Refused like everything else that is no object.
  }
  throw new ServiceError("SerializationException", "the body is no JSON object");
}

export const textIn = (input: Input, name: string): string => {
  const value = optionalTextIn(input, name);
  if (value !== undefined && value !== "") return value;
  throw new ServiceError("ValidationException", `${name} is missing`);
};

const misshapen = (name: string, shape: string): ServiceError =>
  new ServiceError("SerializationException", `${name} is no ${shape}`);

/** A list of objects; empty where there is none. @throws ServiceError `SerializationException` for anything else */
export function objectsIn(input: Input, name: string): readonly Input[] {
  const list: unknown = input[name] ?? [];
  if (Array.isArray(list) && list.every(isObject)) return list;
  throw misshapen(name, "list of structures");
}

/** A list of texts; empty where there is none. @throws ServiceError `SerializationException` for anything else */
export function textsIn(input: Input, name: string): readonly string[] {
  const list: unknown = input[name] ?? [];
  if (Array.isArray(list) && list.every((text): text is string => typeof text === "string")) return list;
  throw misshapen(name, "list of texts");
}

/** A text; undefined where there is none. @throws ServiceError `SerializationException` for anything else */
export function optionalTextIn(input: Input, name: string): string | undefined {
  const value = input[name] ?? undefined;
  if (value === undefined || typeof value === "string") return value;
  throw misshapen(name, "text");
}

/** Objects by name; none where there are none. @throws ServiceError `SerializationException` for anything else */
export function mapIn(input: Input, name: string): ReadonlyMap<string, Input> {
  const map: unknown = input[name] ?? {};
  if (!isObject(map)) throw misshapen(name, "map of structures");
  const entries = Object.entries(map);
  if (entries.every((entry): entry is [string, Input] => isObject(entry[1]))) return new Map(entries);
  throw misshapen(name, "map of structures");
}

/** Answers and errors of the protocols `json 1.0` and `json 1.1`. */
export function jsonProtocol(version: "1.0" | "1.1", errorNamespace = "") {
  const answer = (status: number, value: object, headers: Readonly<Record<string, string>> = {}): ServiceResponse => ({
    status,
    headers: { "Content-Type": `application/x-amz-json-${version}`, "x-amzn-RequestId": randomUUID(), ...headers },
    body: JSON.stringify(value),
  });
  return {
    success: (value: object): ServiceResponse => answer(200, value),
    failure: ({ code, message, status, members }: ServiceError): ServiceResponse =>
      answer(status, { __type: `${errorNamespace}${code}`, message, Message: message, ...members }),
  };
}
