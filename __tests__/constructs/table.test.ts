import { NodeFunction } from "../../constructs/compute/node-function";
import { Table } from "../../constructs/data/table";
import { thingEntry } from "../fixtures/thing-entry";
import { emptyStack, problemsOf, synth } from "../support/stack";

const keys = { partitionKey: "userId", sortKey: "createdDate" };

describe("a table", () => {
  it("declares exactly the attributes that its keys use, each once", () => {
    const stack = emptyStack();
    new Table(stack, "users", {
      ...keys,
      indexes: { byEmail: { partitionKey: "email" }, byDate: { partitionKey: "createdDate", sortKey: "email" } },
      timeToLiveAttribute: "expiresAt",
    });

    expect(synth(stack).at("aws_dynamodb_table", "users")).toMatchObject({
      name: "test-dev-users",
      hash_key: "userId",
      range_key: "createdDate",
      attribute: ["userId", "createdDate", "email"].map((name) => ({ name, type: "S" })),
      ttl: { enabled: true, attribute_name: "expiresAt" },
    });
  });

  it("is on demand, encrypted, restorable, and protected as the environment says", () => {
    const stack = emptyStack({ deletionProtection: true });
    new Table(stack, "users", keys);

    expect(synth(stack).at("aws_dynamodb_table", "users")).toMatchObject({
      billing_mode: "PAY_PER_REQUEST",
      server_side_encryption: { enabled: true },
      point_in_time_recovery: { enabled: true },
      deletion_protection_enabled: true,
    });
  });

  it("refuses a time to live on a key", () => {
    const stack = emptyStack();
    new Table(stack, "users", { ...keys, timeToLiveAttribute: "createdDate" });

    expect(problemsOf(stack)).toEqual([
      "test-dev/users: timeToLiveAttribute must not be a key, got createdDate; name another attribute",
    ]);
  });
});

describe("a table of provisioned capacity", () => {
  const capacity = { minimum: 5, maximum: 50, targetPercent: 70 };
  const provisioned = (changes = {}) => {
    const stack = emptyStack();
    new Table(stack, "users", { ...keys, capacity: { ...capacity, ...changes } });
    return stack;
  };

  it("starts at the least, and applying again leaves what autoscaling has set", () => {
    expect(synth(provisioned()).at("aws_dynamodb_table", "users")).toMatchObject({
      billing_mode: "PROVISIONED",
      read_capacity: 5,
      write_capacity: 5,
      lifecycle: { ignore_changes: ["read_capacity", "write_capacity"] },
    });
  });

  it.each([
    ["read", "Read"],
    ["write", "Write"],
  ])("scales its %ss by how many are in use", (id, kind) => {
    const stack = synth(provisioned());

    expect(stack.at("aws_appautoscaling_target", `users/autoscaling/${id}-target`)).toMatchObject({
      service_namespace: "dynamodb",
      resource_id: "table/${aws_dynamodb_table.users.name}",
      scalable_dimension: `dynamodb:table:${kind}CapacityUnits`,
      min_capacity: 5,
      max_capacity: 50,
    });
    const policy = stack.at("aws_appautoscaling_policy", `users/autoscaling/${id}-policy`);
    expect(policy).toMatchObject({
      policy_type: "TargetTrackingScaling",
      target_tracking_scaling_policy_configuration: {
        target_value: 70,
        predefined_metric_specification: { predefined_metric_type: `DynamoDB${kind}CapacityUtilization` },
      },
    });
    // Made after the target, gone before it.
    expect(policy["resource_id"]).toMatch(/^\$\{aws_appautoscaling_target\..*\.resource_id\}$/);
  });

  it("is refused with bounds or a target that AWS does not take", () => {
    expect(problemsOf(provisioned({ minimum: 0, maximum: -1, targetPercent: 95 }))).toEqual([
      "test-dev/users/autoscaling: capacity.minimum must be a whole number 1–40000, got 0; choose one in this range",
      "test-dev/users/autoscaling: capacity.maximum must be a whole number 0–40000, got -1; choose one in this range",
      "test-dev/users/autoscaling: capacity.targetPercent must be a whole number 20–90, got 95; choose one in this range",
    ]);
  });

  it("is refused with indexes, whose capacity Terraform would reset", () => {
    const stack = emptyStack();
    new Table(stack, "users", { ...keys, capacity, indexes: { byEmail: { partitionKey: "email" } } });

    expect(problemsOf(stack)).toEqual([
      "test-dev/users: capacity must not be set on a table with indexes, whose own capacity Terraform would reset, got indexes byEmail; remove one or the other",
    ]);
  });
});

describe("a grant", () => {
  const granted = (grant: (table: Table<"byEmail">, fn: NodeFunction) => void) => {
    const stack = emptyStack();
    const table = new Table(stack, "users", { ...keys, indexes: { byEmail: { partitionKey: "email" } } });
    const fn = new NodeFunction(stack, "get-user", {
      entry: thingEntry,
      environment: { THINGS_TABLE: "things" },
    });
    grant(table, fn);
    const statements = synth(stack)
      .statements("aws_iam_role_policy", "get-user/role/policy")
      .filter(({ Action }) => Action[0]?.startsWith("dynamodb:"))
      .map(({ Action, Resource, Condition }) => ({ Action, Resource, ...(Condition ? { Condition } : {}) }));
    const watched = table.throttleMetrics().map(({ dimensions }) => dimensions["Operation"]);
    return { statements, watched };
  };
  const Resource = ["${aws_dynamodb_table.users.arn}"];
  const within = (operation: string) => ({
    "ForAnyValue:StringEquals": { "dynamodb:EnclosingOperation": [operation] },
  });

  it("on the table does not open its indexes", () => {
    expect(granted((table, fn) => table.grant(fn, "GetItem", "PutItem")).statements).toEqual([
      { Action: ["dynamodb:GetItem", "dynamodb:PutItem"], Resource },
    ]);
  });

  it("on an index does not open the table", () => {
    expect(granted((table, fn) => table.grantIndex(fn, "byEmail", "Query", "Scan")).statements).toEqual([
      { Action: ["dynamodb:Query", "dynamodb:Scan"], Resource: ["${aws_dynamodb_table.users.arn}/index/byEmail"] },
    ]);
  });

  it.each([
    ...(["BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem"] as const),
    ...(["PutItem", "Query", "Scan", "UpdateItem"] as const),
  ])("of %s is the action of that name, and is watched by it", (operation) => {
    expect(granted((table, fn) => table.grant(fn, operation))).toEqual({
      statements: [{ Action: [`dynamodb:${operation}`], Resource }],
      watched: [operation],
    });
  });

  it("of a transaction is of what it does, within a transaction alone, and is watched as one", () => {
    expect(granted((table, fn) => table.grantTransaction(fn, "Put", "Update", "Delete", "ConditionCheck"))).toEqual({
      statements: [
        {
          Action: ["PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"].map((action) => `dynamodb:${action}`),
          Resource,
          Condition: within("TransactWriteItems"),
        },
      ],
      watched: ["TransactWriteItems"],
    });
  });

  it("of reads and writes in transactions keeps each in its own", () => {
    expect(granted((table, fn) => table.grantTransaction(fn, "Get", "Put"))).toEqual({
      statements: [
        { Action: ["dynamodb:GetItem"], Resource, Condition: within("TransactGetItems") },
        { Action: ["dynamodb:PutItem"], Resource, Condition: within("TransactWriteItems") },
      ],
      watched: ["TransactGetItems", "TransactWriteItems"],
    });
  });
});
