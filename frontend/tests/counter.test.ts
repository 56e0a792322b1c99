import { describe, expect, it } from "vitest";
import { typed } from "../core/behaviours";

describe("keypad", () => {
  it("adds digits, one decimal sign, a zero before it", () => {
    const press = (keys: string): string => [...keys].reduce((amount, key) => typed(amount, key, 6), "");
    expect([press("12,5"), press(",5"), press("1,2,3"), press("1.2,3"), press("12345678")]).toEqual([
      "12,5",
      "0,5",
      "1,23",
      "1.23",
      "123456",
    ]);
  });
});
