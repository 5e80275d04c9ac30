import fc from "fast-check";
import { mask, maskedHeaders, maskedQuery, maskedText } from "../../../local/page/masked";

const secrets = ["x-api-key", "X-Api-Key", "Authorization", "cookie", "Set-Cookie", "x-my-token", "client_secret"];
const others = ["content-type", "Idempotency-Key", "x-amzn-requestid", "if-match", "cursor", "key"];

test.each(secrets)("%s is masked in headers, bodies and queries", (name) => {
  expect(maskedHeaders([[name, "hush"]])).toEqual([[name, mask]]);
  expect(maskedText(JSON.stringify({ a: [{ [name]: "hush" }] }))).toBe(JSON.stringify({ a: [{ [name]: mask }] }));
  expect(maskedQuery(`a=1&${name}=hush&b=2`)).toBe(`a=1&${name}=${mask}&b=2`);
});

test.each(others)("%s is shown", (name) => {
  const text = JSON.stringify({ [name]: "seen", token: null });
  expect(maskedHeaders([[name, "seen"]])).toEqual([[name, "seen"]]);
  expect(maskedText(text)).toBe(text);
});

test("a body that was cut off in a secret does not show it", () => {
  for (const text of ['{"password": "hus', '{"a": 1, "api_secret": "hush", "b": ', '[{"token":"hush"}']) {
    expect(maskedText(text)).not.toContain("hus");
  }
});

test("masking never shows a secret's value, at whatever depth, and never fails", () => {
  const value = fc.letrec((tie) => ({
    node: fc.oneof({ depthSize: "small" }, fc.string(), fc.array(tie("node")), fc.dictionary(fc.string(), tie("node"))),
  })).node;
  fc.assert(
    fc.property(value, fc.nat(60), (body, cut) => {
      const text = JSON.stringify({ body, password: "hush-hush" });
      expect(maskedText(text)).not.toContain("hush-hush");
      expect(maskedText(text.slice(0, text.length - cut))).not.toContain("hush-hush");
    }),
  );
});
