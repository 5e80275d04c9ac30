import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readDocument } from "../../../local/apigateway/definition/document";
import { StageSettings } from "../../../local/apigateway/definition/method-settings";
import { createGateway } from "../../../local/apigateway/gateway";
import { type GatewayResponseType, gatewayResponseTypes, refusal } from "../../../local/apigateway/response/refusal";
import type { MethodSettings } from "../../../local/read/gateway-resources";
import { type ApiSetup, definitionOf } from "./support/api";
import type { Ask, Got } from "./support/client";
import { idle } from "./support/dependencies";
import { expectPart } from "./support/expectation";
import { type Behaviour, closeAll, echo, hanging, returning, serve } from "./support/serve";

/** A response recorded at AWS (`source` says when), or implemented by a maintained emulator (`encoded`). */
interface Case {
  readonly id: string;
  readonly says: string;
  /** The reason why the gateway is not compared with the case. */
  readonly outOfScope?: string;
  readonly api?: ApiSetup;
  /** The function's result, its error payload, or that it hangs; it echoes the event otherwise. */
  readonly returns?: unknown;
  readonly fails?: string;
  readonly hangs?: boolean;
  readonly ask?: Ask;
  readonly times?: number;
  readonly answer?: {
    status?: number;
    headers?: object;
    absent?: string[];
    body?: unknown;
    base64?: string;
    rawHeaders?: [string, string][];
  };
  readonly event?: { readonly $absentHeaders?: string[] };
  readonly invoked?: string;
  readonly calls?: number;
  /** The document, or another resource, is refused at boot with these words. */
  readonly refused?: string;
  /** Routes as the document reader returns them, by name. */
  readonly document?: Readonly<Record<string, object>>;
  readonly statuses?: Readonly<Record<string, number | null>>;
  readonly errorTypes?: Readonly<Record<GatewayResponseType, string>>;
  readonly settings?: { readonly given: MethodSettings; readonly effective: object };
}

const folder = join(__dirname, "cases");
const cases = readdirSync(folder).flatMap((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as Case[]);
const inScope = cases.filter(({ outOfScope }) => outOfScope === undefined);
const titled = (some: readonly Case[]) => some.map((one) => [`${one.says} (${one.id})`, one] as const);

afterEach(closeAll);

const behaviourOf = ({ fails, hangs, returns }: Case): Behaviour => {
  if (fails !== undefined) return () => ({ payload: fails, functionError: "Unhandled" });
  if (hangs) return hanging;
  return returns === undefined ? echo : returning(returns);
};

function compareAnswer(got: Got, answer: NonNullable<Case["answer"]>, event: unknown): void {
  const { status, headers = {}, absent = [], body, base64, rawHeaders } = answer;
  if (status !== undefined) expect({ status: got.status, body: got.body }).toMatchObject({ status });
  for (const [name, value] of Object.entries(headers)) expectPart(got.headers[name.toLowerCase()], value, name, event);
  for (const name of absent) expect(got.headers).not.toHaveProperty(name.toLowerCase());
  if (typeof body === "string") expect(got.body).toBe(body);
  else if (body !== undefined && "$lacks" in (body as object)) expectPart(got.body, body, "body");
  else if (body !== undefined) expect(JSON.parse(got.body)).toEqual(body);
  if (base64 !== undefined) expect(got.bytes.toString("base64")).toBe(base64);
  if (rawHeaders) {
    const names = new Set(rawHeaders.map(([name]) => name));
    expect(got.rawHeaders.filter(([name]) => names.has(name))).toEqual(rawHeaders);
  }
}

describe("a request is answered as recorded:", () => {
  const asked = inScope.filter((one) => one.ask);

  it.each(titled(asked))("%s", async (_title, one) => {
    const served = await serve(one.api as ApiSetup, behaviourOf(one));
    for (const method of (one.ask?.method ?? "GET").split("|")) {
      for (let time = 0; time < (one.times ?? 1); time++) {
        const got = await served.ask({ ...one.ask, method });
        const event = served.events.at(-1);
        if (one.answer) compareAnswer(got, one.answer, event);
        if (one.event) {
          const { $absentHeaders = [], ...expected } = one.event;
          expectPart(event, expected, "event");
          for (const name of $absentHeaders) expect(Object.keys(event.multiValueHeaders)).not.toContain(name);
        }
      }
    }
    if (one.invoked) expect(served.invoked).toEqual([one.invoked]);
    if (one.calls !== undefined) expect(served.events).toHaveLength(one.calls);
  });
});

describe("a definition is refused as recorded, or because it is not read:", () => {
  const refused = inScope.filter((one) => one.refused);

  it.each(titled(refused))("%s", (_title, one) => {
    expect(() => createGateway(definitionOf(one.api as ApiSetup), idle)).toThrow(one.refused as string);
  });
});

describe("a definition is read as recorded:", () => {
  const read = inScope.filter((one) => one.document);

  it.each(titled(read))("%s", (_title, one) => {
    const { routes } = readDocument(definitionOf(one.api as ApiSetup).restApi);
    for (const [name, expected] of Object.entries(one.document ?? {})) {
      const route = routes.find(({ method, path }) => `${method} ${path}` === name);
      expectPart(route, expected, name);
    }
  });

  it.each(titled(inScope.filter((one) => one.settings)))("%s", (_title, { settings }) => {
    const definition = definitionOf({ stage: "s", routes: {}, methodSettings: { "*/*": settings?.given ?? {} } });
    expect(new StageSettings(definition, "s", []).of("/x/GET", "GET")).toMatchObject(settings?.effective ?? {});
  });

  it.each(titled(inScope.filter((one) => one.statuses)))("%s", (_title, { statuses }) => {
    const ours = Object.entries(gatewayResponseTypes).map(([type, status]) => [type, status ?? null]);
    expect(Object.fromEntries(ours)).toEqual(statuses);
  });

  it.each(titled(inScope.filter((one) => one.errorTypes)))("%s", (_title, { errorTypes }) => {
    const types = Object.keys(errorTypes ?? {}) as GatewayResponseType[];
    expect(Object.fromEntries(types.map((type) => [type, refusal(type, "").errorType]))).toEqual(errorTypes);
  });
});

describe("the cases", () => {
  it("are each compared with something, or say why not", () => {
    const compared = ({ ask, refused, document, settings, statuses, errorTypes, outOfScope }: Case): boolean =>
      [ask, refused, document, settings, statuses, errorTypes, outOfScope].some((part) => part !== undefined);
    expect(cases.filter((one) => !compared(one))).toEqual([]);
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
  });
});
