import { committedPicture, draw, edgesOf, provider } from "../support/diagram";
import { synthesizedStack } from "../support/synthesized-stack";

describe("the records picture", () => {
  const json = { provider, resource: synthesizedStack("records").json.resource };
  const { status, stdout, stderr, picture } = draw({ "records-dev": json }, { TZ: "Asia/Kathmandu", LANG: "tr_TR" });

  it("is the committed one, byte for byte (npm run synth, npm run diagram)", () => {
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "docs/pictures/records.svg\n", stderr: "" });
    expect(picture("records") === committedPicture("records")).toBe(true);
  });

  it("needs no other file, has a white ground and fits a README", () => {
    const svg = picture("records");
    const symbols = [...svg.matchAll(/<symbol id="([^"]+)"/g)].map(([, id]) => `#${id}`);
    const references = [...svg.matchAll(/href="([^"]+)"/g)].map(([, target]) => target);

    expect(new Set(references)).toEqual(new Set(symbols));
    expect(svg).toMatch(/<polygon fill="white"/);
    expect(Number(/<svg width="(\d+)"/.exec(svg)?.[1])).toBeLessThanOrEqual(1400);
    expect(svg).not.toMatch(/\/(home|root|work|tmp|Users)\/|<!--|<image/);
  });

  it("shows each function's calls on their way out of the private subnets", () => {
    const edges = edgesOf(json.resource);
    const endpoint = Object.keys(json.resource["aws_vpc_endpoint"] ?? {}).find((key) => key.includes("dynamodb"));

    expect(edges).toContain(`aws_lambda_function.list-records aws_vpc_endpoint.${endpoint} Query`);
    expect(edges).toContain(`aws_vpc_endpoint.${endpoint} aws_dynamodb_table.records/bySource Query`);
    expect(edges).toContain("aws_lambda_function.list-records aws_nat_gateway GetParameter");
    expect(edges).toContain("aws_api_gateway_rest_api.api aws_lambda_function.get-record GET /records/{recordId}");
  });
});
