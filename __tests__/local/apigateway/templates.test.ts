import { createGateway } from "../../../local/apigateway/gateway";
import type { ApiSetup } from "./support/api";
import { definitionOf } from "./support/api";
import { idle } from "./support/dependencies";
import { closeAll, serve } from "./support/serve";

afterEach(closeAll);

const answering = (template: string, overrides: Partial<ApiSetup> = {}): ApiSetup => ({
  stage: "dev",
  variables: { name: "value" },
  routes: {
    "POST /{id}": {
      mock: { responses: { default: { statusCode: 200, responseTemplates: { "application/json": template } } } },
    },
  },
  ...overrides,
});

async function rendered(template: string, query = "a=1&b="): Promise<string> {
  const served = await serve(answering(template));
  return (await served.ask({ method: "POST", path: "/7", query, headers: { "X-H": "h" }, body: "{}" })).body;
}

describe("a template renders", () => {
  it.each([
    ["plain text, # and $ included", "a $ 1 # 2 $", "a $ 1 # 2 $"],
    ["escaped signs", "\\$input \\#if", "$input #if"],
    [
      "parameters of the path, the query and the headers",
      "$input.params('id') $input.params('a') $input.params('X-H')",
      "7 1 h",
    ],
    ["a parameter that is not there as nothing", "[$input.params('none')]", "[]"],
    ["members of all parameters", "$input.params().path.id $input.params().querystring.a", "7 1"],
    [
      "the context and the stage's variables",
      "$context.stage ${context.httpMethod} $stageVariables.name",
      "dev POST value",
    ],
    [
      "what only JavaScript knows of objects as nothing",
      "[$context.constructor$stageVariables.toString$input.params().path.valueOf$input.params().__proto__]",
      "[]",
    ],
    ["what nobody knows as nothing", "[$unknown$!{unknown}$context.unknown]", "[]"],
    ["a variable of its own", '#set($x = "a")\n#set($y = "$x:$input.params(\'a\')")\n$y', "a:1"],
    ["the branch whose condition is met", "#if($input.params('a') == '1')yes#{else}no#end", "yes"],
    ["another branch", "#if(false)a#elseif(1 < 2)b#else c#end", "b"],
    ["the last branch", "#if(false)a#elseif(2 <= 1)b#else\nc#end", "c"],
    ["nested branches", "#if(true)#if(false)a#else b#end c#end", " b c"],
    ["comparisons of different types as texts", "#if($input.params('a') == 1)yes#end", "yes"],
    ["an empty text as true, as Velocity does", "#if($input.params('b'))yes#end", "yes"],
    ["and before or", "#if(true || false && false)yes#end", "yes"],
    ["brackets first", "#if((true || false) && !true)yes#{else}no#end", "no"],
    ["nothing for comments", "a## gone\n#* gone\n too *#b", "ab"],
    [
      "a text as JavaScript",
      `$util.escapeJavaScript('say "hi"') $util.escapeJavaScript("it's")`,
      `say \\"hi\\" it\\'s`,
    ],
    ["a text for a form, and back", "$util.urlEncode('{a b}') $util.urlDecode('%7Ba+b%7D')", "%7Ba+b%7D {a b}"],
    ["a text in base64, and back", "$util.base64Encode('a?') $util.base64Decode('YT8=')", "YT8= a?"],
    ["members of JSON in a text", '$util.parseJson(\'{"a": [1, {"b": 2}]}\').a', '[1,{"b":2}]'],
    ["members whose names are in variables", "#set($n = 'a')#set($all = $input.params())$all.querystring[$n]", "1"],
    ["directives without their line", "#set($x = 1)\na\n#if(true)\nb\n#end\nc", "a\nb\nc"],
  ])("%s", async (_title, template, expected) => {
    expect(await rendered(template)).toBe(expected);
  });

  it.each([
    ["$input.body", '{"a":[1,{"b":"c"}]}'],
    ["$input.json('$.a[1]')", '{"b":"c"}'],
    ["$input.path('$.a[1].b')", "c"],
    ["$input.path('$').a", '[1,{"b":"c"}]'],
    ["[$input.path('$.none.none')]", "[]"],
  ])("the request's body as %s", async (reference, expected) => {
    const request = `#set($context.responseOverride.header.X-Seen = "${reference}"){"statusCode": 200}`;
    const served = await serve({
      stage: "dev",
      routes: { "POST /x": { mock: { request } } },
    });
    const got = await served.ask({
      method: "POST",
      path: "/x",
      headers: { "Content-Type": "application/json" },
      body: '{"a":[1,{"b":"c"}]}',
    });
    expect(got.headers["x-seen"] ?? "").toBe(expected);
  });
});

describe("a mock", () => {
  it("whose template overrides the same header twice fails", async () => {
    const set = "#set($context.responseOverride.header.a = '1')";
    const served = await serve({
      stage: "dev",
      routes: { "GET /x": { mock: { request: `${set}${set}{"statusCode": 200}` } } },
    });
    expect((await served.ask({ path: "/x" })).status).toBe(500);
    expect(served.log[0]?.refusal).toEqual({ type: "API_CONFIGURATION_ERROR", reason: "a is overridden twice" });
  });

  it("without an integration response for its number fails", async () => {
    const served = await serve({
      stage: "dev",
      routes: { "GET /x": { mock: { responses: { "4\\d\\d": { statusCode: 400 } } } } },
    });
    expect((await served.ask({ path: "/x" })).status).toBe(500);
  });

  it("can't send a header with a line break that a query has smuggled in", async () => {
    const responseParameters = { "method.response.header.X-A": "method.request.querystring.a" };
    const served = await serve({
      stage: "dev",
      routes: { "GET /x": { mock: { responses: { default: { statusCode: 200, responseParameters } } } } },
    });
    const got = await served.ask({ path: "/x", query: "a=b%0d%0aSet-Cookie:%20c" });
    expect([got.status, got.headers["x-a"], got.headers["set-cookie"]]).toEqual([200, undefined, undefined]);
  });
});

describe("an answer's override", () => {
  it.each([
    ["is none if it is no status", "#set($context.responseOverride.status = 99)", 200],
    ["is none if it is no number", "#set($context.responseOverride.status = 'no')", 200],
    ["may come from the answer's own template", "#set($context.responseOverride.status = 404)", 404],
    ["fails in what is no map", "#set($context.responseOverride.none.a = 1)", 500],
    [
      "fails the second time",
      "#set($context.responseOverride.status = 404)#set($context.responseOverride.status = 404)",
      500,
    ],
  ])("%s", async (_title, template, status) => {
    const served = await serve(answering(template));
    expect((await served.ask({ method: "POST", path: "/7" })).status).toBe(status);
  });
});

describe("a template is refused at boot", () => {
  it.each([
    ["#foreach($a in $b)", "#foreach without its #end"],
    ["#foreach($a of $b)#end", "in was expected"],
    ["#if(true)", "#if without its #end"],
    ["a#end", "#end without an #if or a #foreach before it"],
    ["one\ntwo\n#set($input = 1)", "responses.default.application/json, line 3: #set for $input"],
    ["#set($stageVariables.a = 1)", "#set for $stageVariables.a"],
    ["#set($a.get('b') = 1)", "#set for $a.get()"],
    ["#macro(a)b#end", "#macro"],
    ["#a($b)", "#a"],
    ["#parse('a')", "#parse"],
    ["#set($context.stage = 1)", "#set for $context.stage"],
    ["#set($context.responseOverride = 1)", "#set for $context.responseOverride"],
    ["#set($context[$name].a = 1)", "#set for $context.[…].a"],
    ["$context.requestOverride.header.merge('a')", "the method merge()"],
    ["$a.getClass()", "the method getClass()"],
    ["$input", "$input by itself"],
    ["$util[0]", "$util by itself"],
    ["$util.unknown('a')", "$util.unknown()"],
    ["$util.urlEncode", "$util.urlEncode"],
    ["$input.params('a').strip()", "the method strip()"],
    ["$input.params", "$input.params"],
    ["$input.unknown('a')", "$input.unknown()"],
    ["#if($a + )b#end", "the template at"],
    ["#set($a = [1)", "the template at"],
    ["#set($a = {1})", "the template at"],
    ["#set($a = [1..])", "the template at"],
    ["#set($a = 'x)", "the template at"],
    ["$a.get(", "the template at"],
    ["$a[1", "the template at"],
    ["${a.b", "the template at"],
  ])("with %s", (template, problem) => {
    expect(() => createGateway(definitionOf(answering(template)), idle)).toThrow(problem);
  });
});
