import { replacing } from "../../tools/changes/replacement";
import { synthesizedStack } from "../support/synthesized-stack";
import { systems } from "../support/systems";

it.each(systems)("knows of every type of resource in %s what replaces it", (system) => {
  const types = Object.keys(synthesizedStack(system, "prod").json.resource);

  expect(types.filter((type) => !(type in replacing))).toEqual([]);
});
