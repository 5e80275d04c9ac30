import { createGateway } from "../../../local/apigateway/gateway";
import { type ApiSetup, definitionOf } from "./support/api";
import { idle } from "./support/dependencies";
import { closeAll, echo, serve } from "./support/serve";

afterEach(closeAll);

const api = (canary: object, more: Partial<ApiSetup> = {}): ApiSetup => ({
  stage: "dev",
  variables: { v: "stage" },
  routes: { "GET /x": {} },
  ...more,
  stageAttributes: {
    deployment_id: "own",
    canary_settings: { deployment_id: "canary", stage_variable_overrides: { v: "canary", w: "more" }, ...canary },
    ...more.stageAttributes,
  },
});

it("a canary's function is given its variables and its deployment", async () => {
  const served = await serve(api({ percent_traffic: 100 }), echo);
  await served.ask({ path: "/x" });
  expect(served.events[0].stageVariables).toEqual({ v: "canary", w: "more" });
  expect(served.events[0].requestContext.deploymentId).toBe("canary");
});

it("a canary takes a part of the requests, and the stage the others", async () => {
  const served = await serve(api({ percent_traffic: 50 }), echo);
  for (let time = 0; time < 100; time++) await served.ask({ path: "/x" });
  const answeredBy = new Set(served.events.map(({ stageVariables }) => stageVariables.v));
  expect([...answeredBy].sort()).toEqual(["canary", "stage"]);
});

it.each([
  [true, 1],
  [false, 2],
])("a canary that uses the stage's cache (%s) calls its function %s times of two", async (use_stage_cache, calls) => {
  const stageAttributes = { cache_cluster_enabled: true };
  const methodSettings = { "x/GET": { caching_enabled: true } };
  const served = await serve(api({ percent_traffic: 100, use_stage_cache }, { stageAttributes, methodSettings }), echo);
  for (let time = 0; time < 2; time++) await served.ask({ path: "/x" });
  expect(served.events).toHaveLength(calls);
});

it("a canary has no requests of its own beyond the stage's limits", async () => {
  const methodSettings = { "x/GET": { throttling_rate_limit: 1, throttling_burst_limit: 1 } };
  const served = await serve(api({ percent_traffic: 50 }, { methodSettings }), echo);
  const statuses: number[] = [];
  for (let time = 0; time < 20; time++) statuses.push((await served.ask({ path: "/x" })).status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
});

it.each([
  [{ percent_traffic: 101 }, "canary_settings.percent_traffic must be 0–100, got 101"],
  [{ percent_traffic: -1 }, "canary_settings.percent_traffic must be 0–100, got -1"],
  [{ colour: "yellow" }, "canary_settings: colour is not emulated"],
])("a canary with %j is refused", (canary, problem) => {
  expect(() => createGateway(definitionOf(api(canary)), idle)).toThrow(problem);
});
