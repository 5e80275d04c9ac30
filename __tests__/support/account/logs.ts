import type { Account } from "./contents";
import { jsonService } from "./service";

const valueAt = (object: unknown, path: string): unknown =>
  path.split(".").reduce((inner: unknown, key) => (inner as Record<string, unknown> | undefined)?.[key], object);

/** Filter patterns, of two kinds: words in quotes, and `{ $.level = "ERROR" || … }`. */
function fits(pattern: string, message: string): boolean {
  const terms = [...pattern.matchAll(/\$\.([\w.]+) = "(\w+)"/g)];
  if (terms.length === 0) return message.includes(JSON.parse(pattern));
  return terms.some(([, path = "", value]) => valueAt(JSON.parse(message), path) === value);
}

/** CloudWatch Logs, which answers the oldest first. */
export const logs = ({ logs: groups, exported }: Account) =>
  jsonService({
    FilterLogEvents: ({ logGroupName, filterPattern, startTime }, { region }) => {
      const lines = groups.get(region === "us-east-1" ? logGroupName : `${region} ${logGroupName}`);
      if (!lines) throw new Error("ResourceNotFoundException");
      return { events: lines.filter((line) => line.timestamp >= startTime && fits(filterPattern, line.message)) };
    },
    CreateExportTask: ({ logGroupName, from, to, destination }) => {
      const lines = groups.get(logGroupName);
      if (!lines) throw new Error("ResourceNotFoundException");
      exported.push({ group: logGroupName, from, to, bucket: destination });
      return { taskId: "cda45419-90ea-4db5-9833-aade86253e66" };
    },
  });
