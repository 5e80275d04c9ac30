import { readFileSync } from "node:fs";
import { zipSync } from "fflate";
import { deployedFile } from "../../support/function-bundles";

describe("the bundle of getRecord", () => {
  const code = readFileSync(deployedFile("records/get-record.ts"));

  it("is at most 400 KB, and 125 KB zipped, so that it starts quickly", () => {
    expect(code.length).toBeLessThanOrEqual(400_000);
    expect(zipSync({ "index.mjs": [code, { level: 9 }] }).length).toBeLessThanOrEqual(125_000);
  });

  it("talks to DynamoDB and to nothing else", () => {
    expect(code.toString()).toContain("DynamoDB_20120810");
    expect(code.toString()).not.toMatch(/AmazonSSM|AmazonS3|PutObject|GetParameter/);
  });
});
