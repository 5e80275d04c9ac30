import type { PermissionUse } from "../../../local/iam/granted-permissions";
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
  isAbout: (permission: PermissionUse) => boolean = () => true,
): Promise<void> {
  const answers = await everything();
  const permissions = system.grants().filter(isAbout);
  expect(permissions.length).toBeGreaterThan(0);
  expect(permissions.filter(({ used }) => !used)).toEqual([]);
  for (const permission of permissions) {
    await system.deployWithout(permission);
    expect({ without: permission, answers: await everything() }).not.toEqual({ without: permission, answers });
    const denials = system.events.filter((event) => event.event === "denial");
    expect(denials.at(-1)).toMatchObject({ action: permission.action });
  }
  await system.deployChanged((text) => text);
}
