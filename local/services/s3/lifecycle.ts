import type { VersionExpiration } from "../../read/version-expiration";
import type { ListedVersion, ObjectFiles } from "./objects";

const DAY_MS = 24 * 60 * 60 * 1000;

/** So many days later, and then the next midnight (S3 User Guide, "Lifecycle configuration elements", "Lifecycle rules based on the object age"). */
const endOf = (from: number, days: number): number => Math.ceil((from + days * DAY_MS) / DAY_MS) * DAY_MS;

const hasTags = ({ tags = [] }: ListedVersion, wanted: VersionExpiration["tags"]): boolean =>
  Object.entries(wanted).every(([key, value]) => tags.some((tag) => tag[0] === key && tag[1] === value));

const concerns = ({ prefix, size, tags }: VersionExpiration, version: ListedVersion): boolean =>
  version.key.startsWith(prefix) && version.size > size.above && version.size < size.below && hasTags(version, tags);

/** The versions of one object that are over. @param versions the newest first */
function expiredOf(versions: readonly ListedVersion[], rules: readonly VersionExpiration[], now: number) {
  const followed = versions.filter(({ followedAt }) => followedAt !== undefined);
  const expired = followed.filter((version, index) =>
    rules.some(
      ({ days, kept, ...rule }) =>
        days !== undefined &&
        index >= kept &&
        concerns({ days, kept, ...rule }, version) &&
        endOf(version.followedAt ?? now, days) <= now,
    ),
  );
  const [latest] = versions;
  const isAlone = expired.length === followed.length;
  const endsMarker = latest?.deleteMarker && rules.some((rule) => rule.endsMarkers && concerns(rule, latest));
  return latest && isAlone && endsMarker && latest.followedAt === undefined ? [...expired, latest] : expired;
}

/**
 * Deletes the versions of a bucket that its lifecycle ends.
 *
 * @param now in milliseconds since 1970
 */
export async function expireVersions(
  files: Pick<ObjectFiles, "listVersions" | "expire">,
  rules: readonly VersionExpiration[],
  now: number,
): Promise<void> {
  if (rules.length === 0) return;
  const ofKey = new Map<string, ListedVersion[]>();
  for (const version of await files.listVersions("")) {
    const known = ofKey.get(version.key) ?? [];
    known.push(version);
    ofKey.set(version.key, known);
  }
  for (const versions of ofKey.values()) {
    for (const version of expiredOf(versions, rules, now)) await files.expire(version);
  }
}
