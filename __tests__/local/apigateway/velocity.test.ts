import { closeAll, serve } from "./support/serve";

afterEach(closeAll);

/** The output of a template for a request, or the reason why it can't be rendered. */
async function rendered(template: string): Promise<string> {
  const responses = { default: { statusCode: 200, responseTemplates: { "application/json": template } } };
  const served = await serve({
    stage: "dev",
    variables: { name: "value", other: "2" },
    routes: { "POST /{id}": { mock: { responses } } },
  });
  const headers = { "Content-Type": "application/json", "X-H": "h", "User-Agent": "agent" };
  const got = await served.ask({ method: "POST", path: "/7", query: "a=1&b=", headers, body: "{}" });
  return got.status === 200 ? got.body : `${got.status}: ${served.log[0]?.refusal?.reason}`;
}

/** Sets `$x` and writes an expression of it. */
const of = (value: string, expression: string): string => `#set($x = ${value})#set($y = ${expression})$y`;

describe("numbers", () => {
  it.each([
    ["1 + 2 * 3", "7"],
    ["(1 + 2) * 3", "9"],
    ["10 - 2 - 3", "5"],
    ["7 / 2", "3"],
    ["-7 / 2", "-3"],
    ["7.0 / 2", "3.5"],
    ["7 % 4", "3"],
    ["1.5 + 1.5", "3.0"],
    ["2 * 10000000.0", "2.0E7"],
    ["9007199254740993 + 0", "9007199254740993"],
    ["1 / 0", ""],
    ["5 % 0", ""],
    ["1 + $none", ""],
    ["'a' + 1", "a1"],
    ["1 + 'a' + 2", "1a2"],
    ["- (3)", "-3"],
    ["'a' * 2", ""],
  ])("%s is %s", async (expression, expected) => {
    expect(await rendered(`#set($y = ${expression})$!y`)).toBe(expected);
  });
});

describe("comparisons", () => {
  it.each([
    ["1 < 2", true],
    ["2 <= 2", true],
    ["2 gt 1", true],
    ["1 ge 2", false],
    ["1 lt 2 and 2 le 2", true],
    ["1 == 1.0", true],
    ["1 eq 2", false],
    ["1 ne 2", true],
    ["'a' == 'a'", true],
    ["'a' != 'b'", true],
    ["not true", false],
    ["!false", true],
    ["true or false", true],
    ["'1' < 2", false],
    ["[1, 2] == [1, 2]", true],
    ["{'a': 1} == {'a': 2}", false],
    ["$none == $null", true],
    ["1 + 1 == 2 && 3 > 2", true],
    ["1 == 1 || $none", true],
  ])("%s is %s", async (expression, expected) => {
    expect(await rendered(`#if(${expression})true#{else}false#end`)).toBe(String(expected));
  });
});

describe("loops", () => {
  it.each([
    ["a list", "#foreach($i in [1, 'b', true])$i,#end", "1,b,true,"],
    ["a range", "#foreach($i in [2..4])$i#end", "234"],
    ["a range backwards", "#foreach($i in [2..-1])$i #end", "2 1 0 -1 "],
    ["the values of a map", "#foreach($i in {'a': 1, 'b': 2})$i#end", "12"],
    ["nothing", "[#foreach($i in $none)$i#end]", "[]"],
    ["no text", "[#foreach($i in 'abc')$i#end]", "[]"],
    [
      "with places",
      "#foreach($i in ['a', 'b'])$foreach.index $foreach.count $foreach.first $foreach.last $velocityCount#if($foreach.hasNext);#end#end",
      "0 1 true false 1;1 2 false true 2",
    ],
    [
      "in a loop",
      "#foreach($i in [1, 2])#foreach($j in ['a', 'b'])$foreach.parent.index$i$j #end#end",
      "01a 01b 12a 12b ",
    ],
    ["up to #break", "#foreach($i in [1..9])#if($i == 3)#break#end$i#end!", "12!"],
    ["and no further than #stop", "#foreach($i in [1..9])#if($i == 3)#stop#end$i#end!", "12"],
    ["and gives the variable back", "#set($i = 'x')#foreach($i in [1])$i#end$i$!foreach", "1x"],
    ["with each on its own line", "#foreach($i in [1, 2])\n$i\n#end\n.", "1\n2\n."],
    ["no more than a thousand times", "#set($n = 0)#foreach($i in [1..2000])#set($n = $i)#end$n", "1000"],
    ["keys", "#foreach($k in $input.path('$').keySet())$k=$input.path('$').get($k);#end", ""],
  ])("go through %s", async (_title, template, expected) => {
    expect(await rendered(template)).toBe(expected);
  });
});

describe("texts", () => {
  it.each([
    ["$x.length()", "5"],
    ["$x.substring(1)", "bcde"],
    ["$x.substring(1, 3)", "bc"],
    ["$x.indexOf('c')", "2"],
    ["$x.indexOf('z')", "-1"],
    ["$x.lastIndexOf('e')", "4"],
    ["$x.contains('bc')", "true"],
    ["$x.startsWith('ab')", "true"],
    ["$x.endsWith('de')", "true"],
    ["$x.toUpperCase()", "ABCDE"],
    ["$x.toUpperCase().toLowerCase()", "abcde"],
    ["$x.replace('b', '$1')", "a$1cde"],
    ["$x.replaceAll('[bc]', '-')", "a--de"],
    ["$x.replaceAll('(b)(c)', '$2$1')", "acbde"],
    ["$x.replaceAll('b', '\\$')", "a$cde"],
    ["$x.replaceFirst('[bc]', '')", "acde"],
    ["$x.matches('[a-e]+')", "true"],
    ["$x.matches('[a-d]+')", "false"],
    ["$x.split('c')", "[ab, de]"],
    ["$x.split('')", "[a, b, c, d, e]"],
    ["$x.split('[bd]', 2)", "[a, cde]"],
    ["'a,b,,'.split(',').size()", "2"],
    ["$x.split('e')[0]", "abcd"],
    ["$x.equals('abcde')", "true"],
    ["$x.equals(1)", "false"],
    ["$x.equalsIgnoreCase('ABCDE')", "true"],
    ["$x.concat('f')", "abcdef"],
    ["$x.charAt(0)", "a"],
    ["$x.compareTo('b')", "-1"],
    ["$x.isEmpty()", "false"],
    ["$x.empty", "false"],
    ["' a '.trim()", "a"],
    ["$x.size()", ""],
    ["$x.constructor", ""],
    ["$x.length", ""],
    ['"$x.length() ""quoted"""', '5 "quoted"'],
    ["'it''s'", "it's"],
  ])("%s is %s", async (expression, expected) => {
    const literal = /^(' ?a[^']*')(\..*)$/.exec(expression);
    const [value, wanted] = literal ? [literal[1] ?? "", `$x${literal[2]}`] : ["'abcde'", expression];
    expect(await rendered(of(value, wanted))).toBe(expected);
  });
});

describe("lists and maps", () => {
  it.each([
    ["a list is written as Java does", "[1, 'b', [2], {'c': $none}]", "$x", "[1, b, [2], {c=null}]"],
    ["a map keeps its order", "{'b': 1, 'a': {'c': true}}", "$x", "{b=1, a={c=true}}"],
    ["an item has a place", "[1, 2, 3]", "$x[1]", "2"],
    ["a place may be counted from the end", "[1, 2, 3]", "$x[-1]", "3"],
    ["a place may be a variable's", "[1, 2, 3]", "$x[$input.params('id').length()]", "2"],
    ["get", "['a', 'b']", "$x.get(1)", "b"],
    ["size", "['a', 'b']", "$x.size()", "2"],
    ["isEmpty", "[]", "$x.isEmpty()", "true"],
    ["contains", "['a', 1]", "$x.contains(1)", "true"],
    ["indexOf", "['a', 1]", "$x.indexOf(2)", "-1"],
    ["subList", "[1, 2, 3]", "$x.subList(1, 3)", "[2, 3]"],
    ["a member by name", "{'a': 1}", "$x.a", "1"],
    ["a member by a text", "{'a b': 1}", "$x['a b']", "1"],
    ["a member that is not there", "{'a': 1}", "$x.b.c", ""],
    ["nothing that only JavaScript's objects have", "{'a': 1}", "$x.constructor", ""],
    ["a member like JavaScript's own", "{'__proto__': 1}", "$x", "{__proto__=1}"],
    ["map get", "{'a': 1}", "$x.get('a')", "1"],
    ["getOrDefault", "{'a': 1}", "$x.getOrDefault('b', 2)", "2"],
    ["containsKey", "{'a': 1}", "$x.containsKey('a')", "true"],
    ["containsValue", "{'a': 1}", "$x.containsValue(2)", "false"],
    ["keySet", "{'a': 1, 'b': 2}", "$x.keySet()", "[a, b]"],
    ["values", "{'a': 1, 'b': 2}", "$x.values()", "[1, 2]"],
    ["entrySet", "{'a': 1}", "$x.entrySet()[0].key", "a"],
    ["an entry's methods", "{'a': 1}", "$x.entrySet()[0].getValue()", "1"],
    ["map size", "{'a': 1}", "$x.size()", "1"],
    ["toString", "{'a': 1}", "$x.toString()", "{a=1}"],
    ["numbers read texts", "0", "$x.parseInt('12') + 1", "13"],
    ["and give whole numbers", "2.7", "$x.intValue()", "2"],
    ["toString of a number", "2.5", "$x.toString().length()", "3"],
  ])("%s", async (_title, value, expression, expected) => {
    expect(await rendered(of(value, expression))).toBe(expected);
  });

  it.each([
    ["$x.get(0)", "a"],
    ["$x.get(2)", "c"],
    ["$x.get(3)", "3 is no place between 0 and 2"],
    ["$x.get(-1)", "-1 is no place between 0 and 2"],
    ["$x.set(0, 'd')$x", "a[d, b, c]"],
    ["$x.set(2, 'd')$x", "c[a, b, d]"],
    ["$x.set(3, 'd')$x", "3 is no place between 0 and 2"],
    ["$!x.add(0, 'd')$x", "[d, a, b, c]"],
    ["$!x.add(1, 'd')$x", "[a, d, b, c]"],
    ["$!x.add(3, 'd')$x", "[a, b, c, d]"],
    ["$!x.add(4, 'd')$x", "4 is no place between 0 and 3"],
    ["$x.remove(2)$x", "c[a, b]"],
    ["$x.remove(3)$x", "3 is no place between 0 and 2"],
    ["$x.subList(0, 3)", "[a, b, c]"],
    ["$x.subList(3, 3)", "[]"],
    ["$x.subList(0, 4)", "4 is no place between 0 and 3"],
    ["$x.subList(2, 1)", "2 is no place between 0 and 1"],
    ["$x[0].charAt(0)", "a"],
    ["$x[0].charAt(1)", "1 is no place between 0 and 0"],
    ["$x[0].substring(0, 1)", "a"],
    ["$x[0].substring(1, 0)", "1 is no place between 0 and 0"],
  ])("have the places that Java gives them: %s is %s", async (expression, expected) => {
    const text = await rendered(`#set($x = ['a', 'b', 'c'])${expression}`);
    expect(text.replace(/^500: .*?(-?\d+ is no place)/, "$1")).toBe(expected);
  });

  it.each(["[1..3]", "[1 .. 3]", "[ 1 , 2 , 3 ]", "[1,2,3]"])("may have spaces: %s", async (list) => {
    expect(await rendered(of(list, "$x"))).toBe("[1, 2, 3]");
  });

  it.each([
    ["added to", "#set($x = [])$!x.add('a')$!x.add('b')", "truetrue[a, b]"],
    ["added to at a place", "#set($x = ['b'])$!x.add(0, 'a')", "[a, b]"],
    ["joined", "#set($x = [1])#set($done = $x.addAll([2, 3]))", "[1, 2, 3]"],
    ["set", "#set($x = [1, 2])#set($x[0] = 3)$x.set(1, 4)", "2[3, 4]"],
    ["removed from", "#set($x = ['a', 'b', 'c'])$x.remove(0)$x.remove('c')", "atrue[b]"],
    ["put into", "#set($x = {})$!x.put('a', 1)$!x.put('a', 2)", "1{a=2}"],
    ["set by name", "#set($x = {})#set($x.a = 1)#set($x['b'] = 2)", "{a=1, b=2}"],
    ["put together", "#set($x = {'a': 1})$!x.putAll({'b': 2})", "{a=1, b=2}"],
    ["taken from", "#set($x = {'a': 1, 'b': 2})$x.remove('a')", "1{b=2}"],
  ])("can be %s", async (_title, template, expected) => {
    expect(await rendered(`${template}$x`)).toBe(expected);
  });
});

describe("what API Gateway gives", () => {
  it.each([
    [
      "stage variables, one by one",
      "#foreach($v in $stageVariables.entrySet())$v.key=$v.value #end",
      "name=value other=2 ",
    ],
    ["a stage variable by a name that is known late", "$stageVariables[$input.params('none').concat('name')]", "value"],
    [
      "all parameters, kind by kind",
      "#set($all = $input.params())#foreach($kind in ['path', 'querystring'])$kind: $all.get($kind) #end",
      "path: {id=7} querystring: {a=1, b=}",
    ],
    ["headers as they were sent", "$input.params().header.get('X-H')", "h"],
    [
      "the names of the context",
      "#foreach($k in $context.keySet())$k #end",
      "resourceId resourcePath httpMethod extendedRequestId requestTime path accountId protocol requestOverride stage domainPrefix requestTimeEpoch requestId identity domainName deploymentId responseOverride apiId authorizer ",
    ],
    [
      "the context by name",
      "$context.get('httpMethod') $context['stage'] $context.identity.get('userAgent')",
      "POST dev agent",
    ],
    ["the context's maps as nothing", "[$context.identity$context]", "[]"],
    ["a time that is a number", "#if($context.requestTimeEpoch > 1000)yes#end", "yes"],
    ["an empty list for who is not authorized", "#foreach($k in $context.authorizer.keySet())x#end.", "."],
    [
      "JSON in a text",
      `#set($j = $util.parseJson('{"a": [1.0, 12345678901234567890, {"b": null}]}'))$j`,
      '{a=[1.0,12345678901234567890,{"b":null}]}',
    ],
    ["nothing for a path that is not there", "$input.json('$.none')", '""'],
    ["a text like a colour as text", "#fff #1 #", "#fff #1 #"],
    ["what is not to be read as text", "#[[ $x #if ]]#", " $x #if "],
    ["backslashes as they are, but before references", "\\\\ \\\\$none \\$none \\n", "\\\\ \\ $none \\n"],
    ["braces around the name only", "${none}.a $!{context.stage}s", ".a devs"],
  ])("%s", async (_title, template, expected) => {
    expect((await rendered(template)).trim()).toBe(expected.trim());
  });

  it("can't be changed by a template", async () => {
    const served = await serve({
      stage: "dev",
      variables: { name: "value" },
      routes: {
        "GET /x": {
          mock: {
            responses: {
              default: {
                statusCode: 200,
                responseTemplates: {
                  "application/json":
                    "#set($v = $stageVariables)$v.name$!v.put('name', 'changed')$!v.put('constructor', 1)",
                },
              },
            },
          },
        },
      },
    });
    const bodies = [await served.ask({ path: "/x" }), await served.ask({ path: "/x" })].map(({ body }) => body);
    expect(bodies).toEqual(["valuevalue", "valuevalue"]);
  });
});

describe("a template ends", () => {
  const nested = (depth: number): string =>
    depth === 0 ? "" : `#foreach($i${depth} in [1..1000])${nested(depth - 1)}#end`;

  it.each([
    ["whose loops are in each other", nested(4), "the loops of a template made 1000000 passes"],
    [
      "whose text doubles",
      "#set($x = 'ab')#foreach($i in [1..100])#set($x = \"$x$x\")#end",
      "a text of more than 10 MB",
    ],
    ["whose sums double", "#set($x = 'ab')#foreach($i in [1..100])#set($x = $x + $x)#end", "a text of more than 10 MB"],
    ["whose list doubles", "#set($x = [1])#foreach($i in [1..100])$!x.addAll($x)#end", "more than 100000 items"],
    ["whose numbers grow", "#set($x = 3)#foreach($i in [1..1000])#set($x = $x * $x)#end$x", "200: "],
    ["with a list that is in itself", "#set($x = [1])$!x.add($x)$x", "nested too deeply"],
    ["with a map that is in itself", "#set($x = {})$!x.put('a', $x)$!x.put('b', $x)$x", "nested too deeply"],
    [
      "with a list that has another twice, over and over",
      "#set($x = ['abc'])#foreach($i in [1..60])#set($x = [$x, $x])#end$x",
      "a text of more than 10 MB",
    ],
    ["with a range without end", "#set($x = [1..999999999])", "the range [1..999999999] is too long"],
    [
      "with a regular expression that does not",
      "#set($x = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!')$x.matches('(a+)+')",
      "the regular expression",
    ],
    ["with a regular expression that is none", "$stageVariables.name.matches('(')", "the regular expression"],
    ["with a place outside of its text", "$stageVariables.name.substring(9)", "9 is no place between 0 and 5"],
    ["with a text that is no number", "#set($x = 0)$x.parseInt('a')", '"a" is no number'],
  ])("%s", async (_title, template, problem) => {
    expect(`200: ${await rendered(template)}`).toContain(problem);
  });
});
