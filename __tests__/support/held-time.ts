/**
 * The start of a thread in which time limits end only when something waits for them: a timer of 50 ms or more stands
 * still until a server says on a connection that it will not answer (102 Processing), which moves the thread's clock on
 * to the next limit. A busy machine, then, can't make a call fail that is only slow, and a call that is never answered
 * takes no time. The SDK's random pauses between attempts are none.
 */
export const heldTime = `
  const [realNow, realSet, realClear] = [Date.now, setTimeout, clearTimeout];
  const held = new Map();
  let [ahead, lastId] = [0, 0];
  Math.random = () => 0;
  Date.now = () => realNow() + ahead;
  const realPassed = performance.now.bind(performance);
  performance.now = () => realPassed() + ahead;
  globalThis.setTimeout = (then, milliseconds = 0, ...values) => {
    if (!(milliseconds >= 50)) return realSet(then, milliseconds, ...values);
    lastId += 1;
    const id = "held-" + lastId;
    held.set(id, { due: Date.now() + milliseconds, then: () => then(...values) });
    return { id, ref() { return this; }, unref() { return this; }, hasRef: () => true };
  };
  globalThis.clearTimeout = (timer) => (held.delete(timer?.id) ? undefined : realClear(timer));
  const pass = () => {
    const [first] = [...held].sort(([, a], [, b]) => a.due - b.due);
    if (!first) return;
    const [id, { due, then }] = first;
    ahead += Math.max(0, due - Date.now());
    held.delete(id);
    then();
  };
  require("node:diagnostics_channel").subscribe("http.client.request.start", ({ request }) => {
    request.on("information", ({ statusCode }) => statusCode === 102 && pass());
  });
`;
