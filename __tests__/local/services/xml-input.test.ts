import { parseXml, textsOf } from "../../../local/services/s3/xml-input";

const textIn = (content: string) => parseXml(Buffer.from(`<A><B>${content}</B></A>`)).children[0]?.text;

// Extensible Markup Language (XML) 1.0, "Character and Entity References".
test.each([
  ["&lt;&gt;&amp;&quot;&apos;", `<>&"'`],
  ["&#1;", "\u0001"],
  ["&#233;&#xe9;&#xE9;", "ééé"],
  ["&#x1F600;", "\u{1F600}"],
  ["&#x10FFFF;&#1114111;", "\u{10FFFF}\u{10FFFF}"],
  ["a &amp;amp; b", "a &amp; b"],
  ["<!-- & -->a<!-- -->b", "ab"],
])("%s is read as the characters that it stands for", (written, read) => {
  expect(textIn(written)).toBe(read);
});

test.each([
  "&#0;",
  "&#x0;",
  "&#x110000;",
  "&#1114112;",
  "&#xFFFFFFFFFFFFFFFF;",
  "&#;",
  "&#x;",
  "&nothing;",
  "&",
  "&constructor;",
])("%s stands for no character, and is refused", (written) => {
  expect(() => textIn(written)).toThrow(expect.objectContaining({ code: "MalformedXML" }));
});

test.each(["", "<A>", "<A></B>", "</A>", "<A/><B/>", "<A/>text", "text", "<A"])(
  "%j is no element, and is refused",
  (body) => {
    expect(() => parseXml(Buffer.from(body))).toThrow(expect.objectContaining({ code: "MalformedXML" }));
  },
);

test("an element has the texts of its children by their names, whatever stands around it", () => {
  const body = '<?xml version="1.0"?>\n<!-- one --><A xmlns="x"><Key>a</Key><Empty/><Size>1</Size></A>\n';
  expect(textsOf(parseXml(Buffer.from(body)))).toEqual({ Key: "a", Empty: "", Size: "1" });
});
