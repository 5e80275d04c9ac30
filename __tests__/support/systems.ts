import { dev } from "../../environments/dev";
import { regionsBySystem } from "../../environments/systems";

/** Every system by name: common behaviour is tested for each that is listed here. */
export const systems: readonly string[] = Object.keys(regionsBySystem(dev)).sort();

/**
 * The same tests of every system; where there is none, one that says so, since a file of tests may not be empty.
 *
 * @param title with `%s` for the system's name
 */
export function describeSystems(title: string, tests: (system: string) => void): void {
  if (systems.length > 0) describe.each([...systems])(title, tests);
  else test("there is no system yet to try this with", () => expect(systems).toEqual([]));
}
