import { canExist, countedBy, drawnIn, keyOf, names, watchedIn, widgetsOf } from "../support/alarms/metrics-of";
import { synthesizedStack } from "../support/synthesized-stack";
import { describeSystems } from "../support/systems";

describeSystems("the dashboard of %s", (system) => {
  const stack = synthesizedStack(system, "prod");
  const drawn = drawnIn(stack);
  const drawnKeys = new Set(drawn.map(keyOf));
  const watched = watchedIn(stack);

  it("is there, and its address is an output", () => {
    expect(Object.keys(stack.all("aws_cloudwatch_dashboard"))).toHaveLength(1);
    expect(stack.json.output["dashboard_url"]?.value).toContain(`#dashboards/dashboard/${system}-prod`);
  });

  it("draws every metric that an alarm watches", () => {
    expect(watched.map(keyOf).filter((key) => !drawnKeys.has(key))).toEqual([]);
  });

  it("draws everything that the handlers count", () => {
    const drawnNames = new Set(drawn.filter(({ namespace }) => namespace === "Terrace").map(({ name }) => name));

    expect([...countedBy(system), "Faults"].filter((name) => !drawnNames.has(name))).toEqual([]);
  });

  it("draws the faults and throttles of every function, the capacity of every table and index, and every queue", () => {
    const functions = names(stack, "aws_lambda_function", "function_name");
    const indexes = Object.values(stack.all("aws_dynamodb_table")).flatMap(({ global_secondary_index: all }) =>
      ((all ?? []) as { name: string }[]).map(({ name }) => name),
    );
    const of = (name: string, dimension: string) =>
      drawn.filter((each) => each.name === name).map(({ dimensions }) => dimensions[dimension]);

    expect(functions.filter((name) => !of("Faults", "function").includes(name))).toEqual([]);
    expect(functions.filter((name) => !of("Throttles", "FunctionName").includes(name))).toEqual([]);
    const consumed = of("ConsumedReadCapacityUnits", "GlobalSecondaryIndexName");
    expect(indexes.filter((name) => !consumed.includes(name))).toEqual([]);
    const queues = of("ApproximateNumberOfMessagesVisible", "QueueName");
    expect(names(stack, "aws_sqs_queue", "name").filter((name) => !queues.includes(name))).toEqual([]);
  });

  it("has no graph that can never show anything", () => {
    expect(drawn.filter((metric) => !canExist(stack, countedBy(system), metric))).toEqual([]);
    expect(widgetsOf(stack).filter(({ properties }) => properties.metrics.length === 0)).toEqual([]);
  });

  it("has no alarm that can never fire", () => {
    expect(watched.filter((metric) => !canExist(stack, countedBy(system), metric))).toEqual([]);
  });

  it("adds up in a graph only what the graph lists, by names that are its own", () => {
    for (const { properties } of widgetsOf(stack)) {
      const settings = properties.metrics.map((entry) => entry.at(-1) as { id?: string; expression?: string });
      const ids = settings.flatMap(({ id }) => id ?? []);
      const used = settings.flatMap(({ expression = "" }) => expression.match(/\bm\d+_\d+\b/g) ?? []);

      expect(new Set(ids).size).toBe(ids.length);
      expect(used.filter((id) => !ids.includes(id))).toEqual([]);
    }
  });
});
