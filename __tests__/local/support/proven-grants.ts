import type { CellUse } from "../../../local/iam/cells";
import type { LocalSystem } from "./local-system";

/**
 * Expects that clients who do everything make use of each right that roles grant, and notice when it is gone.
 *
 * @param everything what clients do, and how it is answered; the same each time
 * @param isAbout which rights. @default all
 */
export async function expectEachGrantNeeded(
  system: LocalSystem,
  everything: () => Promise<unknown>,
  isAbout: (cell: CellUse) => boolean = () => true,
): Promise<void> {
  const answers = await everything();
  const cells = system.grants().filter(isAbout);
  expect(cells.length).toBeGreaterThan(0);
  expect(cells.filter(({ used }) => !used)).toEqual([]);
  for (const cell of cells) {
    await system.deployWithout(cell);
    expect({ without: cell, answers: await everything() }).not.toEqual({ without: cell, answers });
    const denials = system.events.filter((event) => event.event === "denial");
    expect(denials.at(-1)).toMatchObject({ action: cell.action });
  }
  await system.deployChanged((text) => text);
}
