import { NodeFunction } from "../../constructs/node-function";
import { Table } from "../../constructs/table";
import { emptyStack, problemsOf, Synthesized } from "../support/stack";

const keys = { partitionKey: "userId", sortKey: "createdDate" };

describe("a table", () => {
  it("declares exactly the attributes that its keys use, each once", () => {
    const stack = emptyStack();
    new Table(stack, "users", {
      ...keys,
      indexes: { byEmail: { partitionKey: "email" }, byDate: { partitionKey: "createdDate", sortKey: "email" } },
      timeToLiveAttribute: "expiresAt",
    });

    expect(new Synthesized(stack).at("aws_dynamodb_table", "users")).toMatchObject({
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

    expect(new Synthesized(stack).at("aws_dynamodb_table", "users")).toMatchObject({
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

describe("a grant", () => {
  const grants = (grant: (table: Table<"byEmail">, fn: NodeFunction) => void) => {
    const stack = emptyStack();
    const table = new Table(stack, "users", { ...keys, indexes: { byEmail: { partitionKey: "email" } } });
    const fn = new NodeFunction(stack, "get-user", { entry: "records/get-record.ts" });
    grant(table, fn);
    return new Synthesized(stack)
      .statements("aws_iam_role_policy", "get-user/role/policy")
      .filter(({ Action }) => Action[0]?.startsWith("dynamodb:"))
      .map(({ Action, Resource }) => ({ Action, Resource }));
  };

  it("on the table does not open its indexes", () => {
    expect(grants((table, fn) => table.grant(fn, "GetItem", "PutItem"))).toEqual([
      { Action: ["dynamodb:GetItem", "dynamodb:PutItem"], Resource: ["${aws_dynamodb_table.users.arn}"] },
    ]);
  });

  it("on an index does not open the table", () => {
    expect(grants((table, fn) => table.grantIndex(fn, "byEmail", "Query"))).toEqual([
      { Action: ["dynamodb:Query"], Resource: ["${aws_dynamodb_table.users.arn}/index/byEmail"] },
    ]);
  });
});
