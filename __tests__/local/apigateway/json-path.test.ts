import { readJsonPath } from "../../../local/apigateway/mapping-template/json-path";
import { readJson } from "../../../local/apigateway/mapping-template/vtl-json";
import { json } from "../../../local/apigateway/mapping-template/vtl-values";

const document = `{
  "store": {
    "book": [
      { "title": "a", "price": 8.95, "tags": ["x", "y"] },
      { "title": "b", "price": 12, "isbn": "1" },
      { "title": "c", "price": 22, "isbn": "2" }
    ],
    "bicycle": { "price": 20 }
  },
  "a b": 1, "it's": 2, "none": null, "id": 12345678901234567890, "one": 1.0
}`;

const found = (path: string, text = document): string | undefined => {
  const value = readJsonPath(path)?.(readJson(text));
  return value === undefined ? undefined : json(value);
};

describe("a JSONPath finds", () => {
  it.each([
    ["$.store.bicycle", '{"price":20}'],
    ["$['store']['bicycle'].price", "20"],
    ['$["a b"]', "1"],
    ["$['it\\'s']", "2"],
    ["$.store.book[0].title", '"a"'],
    ["$.store.book[-1].title", '"c"'],
    ["$.store.book[0,2].title", '["a","c"]'],
    ["$.store.book[0:2].title", '["a","b"]'],
    ["$.store.book[-2:].title", '["b","c"]'],
    ["$.store.book[:1].title", '["a"]'],
    ["$.store.book[*].title", '["a","b","c"]'],
    ["$.store.bicycle.*", "[20]"],
    ["$.store.bicycle['price','none']", "[20]"],
    ["$..price", "[8.95,12,22,20]"],
    ["$.store..['title']", '["a","b","c"]'],
    ["$..book[1].title", '["b"]'],
    ["$.store.book.length()", "3"],
    ["$.store.book[?(@.isbn)].title", '["b","c"]'],
    ["$.store.book[?(!@.isbn)].title", '["a"]'],
    ["$.store.book[?(@.price < 10)].title", '["a"]'],
    ["$.store.book[?(@.price >= 12 && @.isbn == '2')].title", '["c"]'],
    ['$.store.book[?(@.price == 12.0 || @.title == "a")].title', '["a","b"]'],
    ["$.store.book[?(@['title'] in ['a', 'c'])].title", '["a","c"]'],
    ["$.store.book[?(@.title nin ['a', 'c'])].title", '["b"]'],
    ["$.store.book[?(@.tags[1] == 'y')].title", '["a"]'],
    ["$.store.book[?((@.price > 1) && (@.price != 12))].title", '["a","c"]'],
    ["$.none", "null"],
    ["$.id", "12345678901234567890"],
    ["$.one", "1.0"],
    ["$.store.book[9]", undefined],
    ["$.nothing.at.all", undefined],
    ["$.store.constructor", undefined],
    ["$.__proto__", undefined],
    ["$.store.book[?(@.constructor)]", "[]"],
  ])("with %s", (path, expected) => {
    expect(found(path)).toBe(expected);
  });

  it("the whole with $", () => {
    expect(found("$", '[1,{"a":"b"}]')).toBe('[1,{"a":"b"}]');
  });

  it.each([
    "",
    "store",
    "$.",
    "$.store[",
    "$[?(@.a",
    "$[?(@.a ==)]",
    "$[?(]",
    "$.a.size()",
    "$[a]",
    "$..",
    "$ .a b c (",
  ])("nothing with %j, which is none", (path) => {
    expect(readJsonPath(path)).toBeUndefined();
  });
});

describe("JSON is read for templates", () => {
  it.each(["{}", "[]", '{"a":[1,2.5,"\\u00e9\\n",true,false,null,{"b":{}}]}', '"text"', "-0", "1.0E20", '{"":""}'])(
    "and written as it was: %s",
    (text) => {
      expect(json(readJson(text))).toBe(
        text === '{"a":[1,2.5,"\\u00e9\\n",true,false,null,{"b":{}}]}'
          ? text.replace("\\u00e9", "é")
          : text.replace("-0", "0"),
      );
    },
  );

  it.each(["", "{", "no", "{'a': 1}", "[1,]", "[".repeat(20_000) + "]".repeat(20_000)])(
    "unless it is none (%#)",
    (text) => {
      expect(readJson(text)).toBeUndefined();
    },
  );
});
