import { prod } from "../../environments/prod";
import { replacing } from "../../tools/changes/replacement";
import { Synthesized } from "../support/stack";
import { stackOf, systems } from "../support/systems";

it.each(systems)("knows of every type of resource in %s what replaces it", (system) => {
  const types = Object.keys(new Synthesized(stackOf(system, prod)).json.resource);

  expect(types.filter((type) => !(type in replacing))).toEqual([]);
});
