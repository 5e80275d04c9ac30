import { type App, Testing } from "cdktf";
import { Network } from "../../constructs/network/network";
import { quotaWarnings } from "../../constructs/network/quotas";
import { SystemStack } from "../../constructs/synth/system-stack";
import { dev } from "../../environments/dev";
import type { Environment } from "../../environments/environment";
import { sharingAccount } from "../../environments/index";
import { twoZones } from "../../environments/network";
import { prod } from "../../environments/prod";
import { qa } from "../../environments/qa";

const accountId = "111122223333";

/** An environment with so many networks in a region. */
function deployed(settings: Environment, networks: number, natGateways: "none" | "per-az", region = "us-west-2") {
  const environment = { ...settings, accountId };
  const app: App = Testing.app();
  for (let index = 0; index < networks; index += 1) {
    const stack = new SystemStack(app, { system: `system-${index}`, environment, region });
    new Network(stack, "network", twoZones(region, `10.${index}`, { natGateways }));
  }
  return { environment, app };
}

it.each([
  [3, 2],
  [5, 0],
])("says nothing of %i and %i VPCs in a region", (first, second) => {
  expect(quotaWarnings([deployed(dev, first, "none"), deployed(qa, second, "none")])).toEqual([]);
});

it("says which environments have more VPCs in a region than their account has at first", () => {
  expect(quotaWarnings([deployed(dev, 3, "none"), deployed(qa, 3, "none")])).toEqual([
    "dev, qa: VPCs of account 111122223333 in us-west-2 must be at most 5 at first, got 6; give each environment an account of its own, or ask for more (Service Quotas)",
  ]);
});

it("counts each region for itself", () => {
  expect(quotaWarnings([deployed(dev, 3, "none"), deployed(qa, 3, "none", "us-east-1")])).toEqual([]);
});

it("counts the addresses of NAT gateways", () => {
  expect(quotaWarnings([deployed(prod, 3, "per-az")])).toEqual([
    "prod: Elastic IP addresses of account 111122223333 in us-west-2 must be at most 5 at first, got 6; use another region for some, or ask for more (Service Quotas)",
  ]);
  expect(quotaWarnings([deployed(prod, 2, "per-az")])).toEqual([]);
});

it("takes no environments to share the account that stands for none, and those that name the same", () => {
  expect(sharingAccount(dev)).toEqual([]);
  expect(sharingAccount({ ...dev, accountId })).toEqual([]);
});
