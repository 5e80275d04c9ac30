import * as events from "@aws-sdk/client-eventbridge";
import * as lambda from "@aws-sdk/client-lambda";
import * as s3 from "@aws-sdk/client-s3";
import * as sns from "@aws-sdk/client-sns";
import * as sqs from "@aws-sdk/client-sqs";
import * as ssm from "@aws-sdk/client-ssm";
import { NormalizedSchema } from "@smithy/core/schema";
import { eventsMembers } from "../../../local/services/events/members";
import { lambdaMembers } from "../../../local/services/lambda/members";
import { checkMembers, type Member, type Members } from "../../../local/services/members";
import { s3Members } from "../../../local/services/s3/members";
import { headerMembers, parameterMembers } from "../../../local/services/s3/places";
import { snsMembers } from "../../../local/services/sns/members";
import { sqsMembers } from "../../../local/services/sqs/members";
import { ssmMembers } from "../../../local/services/ssm/members";

type Model = Readonly<Record<string, unknown>>;
type Command = new (input: object) => { readonly schema: { readonly 4: Parameters<typeof NormalizedSchema.of>[0] } };

const services: readonly (readonly [string, Model, Readonly<Record<string, Members>>])[] = [
  ["S3", s3, s3Members],
  ["SQS", sqs, sqsMembers],
  ["SNS", sns, snsMembers],
  ["SSM", ssm, ssmMembers],
  ["EventBridge", events, eventsMembers],
  ["Lambda", lambda, lambdaMembers],
];
const operations = services.flatMap(([service, model, table]) =>
  Object.entries(table).map(([operation, members]) => ({ service, model, operation, members })),
);

/** Paths in the table without a counterpart in the model, or the reverse. */
function differences(schema: NormalizedSchema, members: Members, place: string): string[] {
  const modelled = new Map(schema.structIterator());
  const unknown = Object.keys(members).filter((name) => !modelled.has(name));
  return [
    ...unknown.map((name) => `${place}.${name} is not in the model`),
    ...[...modelled].flatMap(([name, member]) => {
      const known: Member | undefined = Object.hasOwn(members, name) ? members[name] : undefined;
      if (known === undefined) return [`${place}.${name} is not in the table`];
      if (typeof known === "string" || "harmless" in known) return [];
      if ("members" in known) return differences(member, known.members, `${place}.${name}`);
      return differences(member.getValueSchema(), known.each, `${place}.${name}[]`);
    }),
  ];
}

const inputOf = (model: Model, operation: string): NormalizedSchema =>
  NormalizedSchema.of(new (model[`${operation}Command`] as Command)({}).schema[4]);

test.each(operations)("the members of $service's $operation are those of the SDK's model", (each) => {
  const { model, operation, members } = each;
  expect(differences(inputOf(model, operation), members, operation)).toEqual([]);
});

/** The header or parameter that the model has for a member, in lower case. */
function placesIn(input: NormalizedSchema): readonly (readonly [ReadonlyMap<string, string>, string, string])[] {
  return [...input.structIterator()].flatMap(([name, member]) => {
    const { httpHeader, httpQuery } = member.getMergedTraits();
    if (httpHeader !== undefined) return [[headerMembers, httpHeader.toLowerCase(), name] as const];
    return httpQuery === undefined ? [] : [[parameterMembers, httpQuery.toLowerCase(), name] as const];
  });
}

test("S3's members stand where the SDK's model has them, and no other does", () => {
  const places = Object.keys(s3Members).flatMap((operation) => placesIn(inputOf(s3, operation)));
  for (const [known, place, name] of places) expect([place, known.get(place)]).toEqual([place, name]);
  const modelled = new Set(places.map(([, place]) => place));
  expect([...headerMembers.keys(), ...parameterMembers.keys()].filter((place) => !modelled.has(place))).toEqual([]);
});

test.each(operations)("what is harmless in $service's $operation has a reason", ({ members }) => {
  const reasons = Object.values(members).flatMap((member) =>
    typeof member === "object" && "harmless" in member ? [member.harmless] : [],
  );
  for (const reason of reasons) expect(reason).toMatch(/^\S+ .+ \S+$/);
});

const table: Members = {
  a: "honoured",
  b: "refused",
  c: { harmless: "no caller could notice" },
  d: { each: { e: "honoured" } },
  f: { members: { g: "refused" } },
};
test.each([
  [{ b: 1 }, "b of Do"],
  [{ unheard: false }, "unheard of Do"],
  [{ constructor: {} }, "constructor of Do"],
  [{ d: [{ e: 1 }, { x: 1 }] }, "x of Do's d"],
  [{ d: { one: { x: 1 } } }, "x of Do's d"],
  [{ f: { g: 0 } }, "g of Do's f"],
])("%j is refused by its name", (input, name) => {
  expect(() => checkMembers("S", "Do", input, table)).toThrow(`S ${name} is not emulated`);
});

test.each([{}, { a: 1, b: null, c: 1 }, { d: 5 }, { d: [null, "x"] }, { f: {} }])("%j is not refused", (input) => {
  expect(() => checkMembers("S", "Do", input, table)).not.toThrow();
});
