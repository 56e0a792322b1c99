import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LOOKED, whenSeen } from "../survey/seen";

interface Stage {
  root: Document;
  told: () => number;
  become: (state: "visible" | "hidden") => void;
}

function stage(isDriven = false): Stage {
  const root = new EventTarget() as unknown as Document;
  let state = "visible";
  let times = 0;
  Object.defineProperties(root, {
    visibilityState: { get: () => state },
    defaultView: { value: { navigator: { webdriver: isDriven }, setTimeout, clearTimeout } },
  });
  whenSeen(root, () => {
    times += 1;
  });
  return {
    root,
    told: () => times,
    become: (wanted) => {
      state = wanted;
      root.dispatchEvent(new Event("visibilitychange"));
    },
  };
}

describe("a page that is seen", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("is told once, when it stood in front of somebody for two seconds", () => {
    const one = stage();
    vi.advanceTimersByTime(LOOKED - 1);
    const before = one.told();
    vi.advanceTimersByTime(LOOKED * 5);
    one.root.dispatchEvent(new Event("pointerdown"));
    expect([before, one.told()]).toEqual([0, 1]);
  });

  it("is not told while it lies behind others, and begins anew when it comes back", () => {
    const one = stage();
    vi.advanceTimersByTime(LOOKED - 1);
    one.become("hidden");
    vi.advanceTimersByTime(LOOKED * 5);
    one.become("visible");
    vi.advanceTimersByTime(LOOKED - 1);
    const before = one.told();
    vi.advanceTimersByTime(1);
    expect([before, one.told()]).toEqual([0, 1]);
  });

  it("is told at once when somebody touches it, and never by a browser that a program drives", () => {
    const one = stage();
    one.root.dispatchEvent(new Event("keydown"));
    const driven = stage(true);
    driven.root.dispatchEvent(new Event("pointerdown"));
    vi.advanceTimersByTime(LOOKED * 5);
    expect([one.told(), driven.told()]).toEqual([1, 0]);
  });
});
