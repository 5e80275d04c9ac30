import { readFileSync } from "node:fs";
import { join } from "node:path";
import { resourcesOf } from "../../stack-json/resource";
import { monthly } from "../../tools/changes/cost";
import { type EnvironmentName, stackText } from "../support/synthesized";
import { describeSystems } from "../support/systems";

const pageOf = (system: string): string => (system === "records" ? "README.md" : `docs/systems/${system}.md`);

const idle = (system: string, environment: EnvironmentName): string =>
  monthly(resourcesOf(JSON.parse(stackText(system, environment))).values()).toFixed(2);

/** The figures that a page has for both environments, and those of dev by what costs them. */
function figuresOf(page: string) {
  const text = readFileSync(join(__dirname, "../..", page), "utf8").replaceAll(/\s+/g, " ");
  const [, dev, prod, parts = ""] =
    /idle in dev is about \$([\d.]+\d) a month, in prod \$([\d.]+\d)\. In dev: ([^:;]*?)\. /i.exec(text) ?? [];
  return { dev, prod, parts: [...parts.matchAll(/ (\d+\.\d\d)\b/g)].map(([, figure]) => Number(figure)) };
}

describeSystems("what %s costs to leave running", (system) => {
  const figures = figuresOf(pageOf(system));

  it("is on its page what npm run changes counts", () => {
    expect([figures.dev, figures.prod]).toEqual([idle(system, "dev"), idle(system, "prod")]);
  });

  it("is the sum of its parts", () => {
    expect(figures.parts.reduce((sum, part) => sum + part, 0).toFixed(2)).toBe(figures.dev);
  });
});
