import { randomUUID } from "node:crypto";
import { type Answer, ServiceError, type ServiceRequest } from "./service";

/** The input of a JSON operation. */
export type Input = Readonly<Record<string, unknown>>;

/** The operation that `X-Amz-Target` names: `AmazonSSM.GetParameter` is `GetParameter`. */
export const targetOf = ({ headers }: ServiceRequest): string =>
  String(headers["x-amz-target"] ?? "").split(".")[1] ?? "";

export function inputOf({ body }: ServiceRequest): Input {
  try {
    const input: unknown = body.length > 0 ? JSON.parse(body.toString("utf8")) : {};
    if (typeof input === "object" && input !== null && !Array.isArray(input)) return input as Input;
  } catch {
    // Refused like everything else that is no object.
  }
  throw new ServiceError("SerializationException", "the body is no JSON object");
}

export const textIn = (input: Input, name: string): string => {
  const value = input[name];
  if (typeof value === "string" && value !== "") return value;
  throw new ServiceError("ValidationException", `${name} is missing`);
};

/** Answers and errors of the protocols `json 1.0` and `json 1.1`. */
export function jsonProtocol(version: "1.0" | "1.1", errorNamespace = "") {
  const answer = (status: number, value: object, headers: Readonly<Record<string, string>> = {}): Answer => ({
    status,
    headers: { "Content-Type": `application/x-amz-json-${version}`, "x-amzn-RequestId": randomUUID(), ...headers },
    body: JSON.stringify(value),
  });
  return {
    success: (value: object): Answer => answer(200, value),
    failure: ({ code, message, status, members }: ServiceError): Answer =>
      answer(status, { __type: `${errorNamespace}${code}`, message, Message: message, ...members }),
  };
}
