import * as sdk from "@aws-sdk/client-dynamodb";
import { actionOf, actionOfPart, isItemOperation, partOfAction, transactionOf } from "../../aws/item-operations";
import { itemShapes } from "../../local/services/dynamodb/item-shapes";

const commands = Object.keys(sdk).flatMap((name) => /^(\w+)Command$/.exec(name)?.[1] ?? []);

it("has the calls on items of the SDK's commands, and no call on tables", () => {
  // What starts a job that goes on by itself is none.
  const isAboutItems = (name: string) => /^(?!Start).*(Item|Items|Statement|Transaction|Query|Scan)$/.test(name);

  expect(commands.filter(isItemOperation)).toEqual(commands.filter(isAboutItems));
});

it("has the calls on items that are emulated", () => {
  expect(Object.keys(itemShapes).sort()).toEqual(commands.filter(isItemOperation).sort());
});

it("asks for a call's own name, and of transactions and statements for that of what they do", () => {
  expect(actionOf("BatchWriteItem")).toBe("dynamodb:BatchWriteItem");
  expect(actionOfPart("TransactWriteItems", "ConditionCheck")).toBe("dynamodb:ConditionCheckItem");
  expect(actionOfPart("ExecuteTransaction", "Update")).toBe("dynamodb:PartiQLUpdate");
});

it("asks for what nobody can grant, of a part that the call does not have", () => {
  expect(actionOfPart("TransactWriteItems", "Get")).toBe("dynamodb:Get");
  expect(actionOfPart("TransactWriteItems", "constructor")).toBe("dynamodb:constructor");
  expect(actionOfPart("constructor", "Put")).toBe("dynamodb:Put");
});

it("finds a part by the action that it takes, in the transaction that has it", () => {
  expect(partOfAction("TransactWriteItems", "dynamodb:PutItem")).toBe("Put");
  expect(partOfAction("TransactGetItems", "dynamodb:PutItem")).toBeUndefined();
  expect(partOfAction("PutItem", "dynamodb:PutItem")).toBeUndefined();
  expect(transactionOf("Get")).toBe("TransactGetItems");
  expect(transactionOf("ConditionCheck")).toBe("TransactWriteItems");
});
