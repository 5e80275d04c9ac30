import { synthesizedStack } from "../support/synthesized-stack";
import { describeSystems } from "../support/systems";

/** Who takes on roles, or writes and encrypts, of its own right. Functions are the account's own: nothing else can have Lambda take on a role of it. */
const own = ["lambda.amazonaws.com"];

interface Admission {
  readonly Principal?: { readonly Service?: string | readonly string[] };
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Every statement of the stack that lets a service in. */
function admissions(system: string) {
  const { json } = synthesizedStack(system, "prod");
  return Object.entries(json.resource).flatMap(([type, resources]) =>
    Object.entries(resources).flatMap(([name, { assume_role_policy, policy }]) =>
      [assume_role_policy, policy].flatMap((document) => {
        if (typeof document !== "string") return [];
        const { Statement } = JSON.parse(document) as { Statement: readonly Admission[] };
        return Statement.flatMap(({ Principal, Condition = {} }) =>
          [Principal?.Service ?? []].flat().map((service) => ({ place: `${type}.${name}`, service, Condition })),
        );
      }),
    ),
  );
}

describeSystems("%s", (system) => {
  test("each service that it lets in says for whose resource of the account it works", () => {
    const found = admissions(system).filter(({ service }) => !own.includes(service));

    expect(found.length).toBeGreaterThan(0);
    for (const { place, service, Condition } of found) {
      const text = JSON.stringify(Condition);
      // A log group's key has no other sign of whose it is than the ARN in the context.
      const arns = /aws:SourceArn|kms:EncryptionContext:aws:logs:arn/.test(text);
      expect([place, service, arns, text.includes(`000000000000`)]).toEqual([place, service, true, true]);
    }
  });
});
