import { randomUUID } from "node:crypto";
import type { ServiceError, ServiceResponse } from "./service";
import { type Element, xml } from "./xml";

/** Answers and errors of the protocol `query`, whose requests are forms and whose answers are XML. */
export function queryProtocol(namespace: string) {
  const document = (name: string, content: Element): string =>
    xml(name, content).replace(`<${name}>`, `<${name} xmlns="${namespace}">`);
  const answer = (status: number, body: string): ServiceResponse => ({
    status,
    headers: { "Content-Type": "text/xml" },
    body,
  });
  return {
    success: (operation: string, result: Element): ServiceResponse => {
      const content = { [`${operation}Result`]: result, ResponseMetadata: { RequestId: randomUUID() } };
      return answer(200, document(`${operation}Response`, content));
    },
    failure: ({ code, message, status }: ServiceError): ServiceResponse => {
      const error = { Type: status < 500 ? "Sender" : "Receiver", Code: code, Message: message };
      return answer(status, document("ErrorResponse", { Error: error, RequestId: randomUUID() }));
    },
  };
}
