import { LogLines } from "../../../../local/services/logs/log-lines";

const all = { from: 0, to: Number.MAX_SAFE_INTEGER };

test("lines are there by group and time, in the order in which they came", () => {
  const lines = new LogLines();
  for (const [group, timestamp] of [
    ["a", 1],
    ["b", 2],
    ["a", 3],
    ["a", 4],
  ] as const)
    lines.add(group, { stream: "s", message: `${timestamp}`, timestamp });
  expect(lines.read({ group: "a", from: 1, to: 3 }).map(({ message }) => message)).toEqual(["1", "3"]);
  expect(lines.read({ group: "b", ...all })).toEqual([{ stream: "s", message: "2", timestamp: 2, serial: 2 }]);
  expect(lines.read({ group: "constructor", ...all })).toEqual([]);
});

test("of too many lines the oldest of the largest group go, and a quiet group keeps its own", () => {
  const lines = new LogLines(100_000);
  lines.add("quiet", { stream: "s", message: "kept" });
  for (let n = 0; n < 50_000; n += 1) lines.add("busy", { stream: "s", message: `line ${n}` });
  const busy = lines.read({ group: "busy", ...all });
  expect(lines.read({ group: "quiet", ...all })).toHaveLength(1);
  expect(busy.at(-1)?.message).toBe("line 49999");
  expect(busy.length).toBeGreaterThan(500);
  expect(busy.length).toBeLessThan(1000);
});

test("a line longer than all that is kept leaves nothing, and later ones are there", () => {
  const lines = new LogLines(1000);
  lines.add("a", { stream: "s", message: "x".repeat(5000) });
  lines.add("a", { stream: "s", message: "short" });
  expect(lines.read({ group: "a", ...all }).map(({ message }) => message)).toEqual(["short"]);
});
