import { pauseOf } from "../../../handlers/runtime/pause";

describe("a pause of five minutes", () => {
  it("lets the first through, then nothing for its time, then one with the number of those held back", () => {
    let now = 0;
    const pause = pauseOf(300, () => now);

    expect([pause.pass(), pause.pass(), pause.pass()]).toEqual([0, undefined, undefined]);
    now = 299;
    expect(pause.pass()).toBeUndefined();
    now = 300;
    expect([pause.pass(), pause.pass()]).toEqual([3, undefined]);
  });

  it("ends when what was let through came to nothing", () => {
    const pause = pauseOf(300, () => 0);
    pause.pass();
    pause.reopen();

    expect(pause.pass()).toBe(0);
  });
});
