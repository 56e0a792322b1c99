import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const tokens = readFileSync(join(root, "frontend/styles/tokens.css"), "utf8");

/** The values of the semantic tier for one theme, resolved to the raw colour. */
function theme(place: 0 | 1): Record<string, string> {
  const raw = new Map([...tokens.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]));
  const pairs = [...tokens.matchAll(/--([\w-]+): light-dark\(var\(--([\w-]+)\), var\(--([\w-]+)\)\);/g)];
  return Object.fromEntries(pairs.map(([, name, light, dark]) => [name, raw.get([light, dark][place] ?? "") ?? ""]));
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((start) => Number.parseInt(hex.slice(start, start + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

describe.each([
  ["light", theme(0)],
  ["dark", theme(1)],
] as const)("in the %s theme", (_, colour) => {
  const depths = ["canvas", "surface", "sunken"];
  const of = (name: string): string => {
    expect(colour[name], name).toMatch(/^#/);
    return colour[name] as string;
  };

  test.each([
    ["text", 14.8],
    ["muted", 5.8],
    ["control", 3.2],
    ["focus", 4.6],
    ["brand", 5.6],
  ])("%s stands out on every depth by %d", (name, least) => {
    for (const depth of depths) expect(contrast(of(name), of(depth))).toBeGreaterThanOrEqual(least);
  });

  test.each(["good", "warn", "bad", "info", "brand"])("%s reads on its tint", (name) => {
    expect(contrast(of(name), of(`${name}-tint`))).toBeGreaterThanOrEqual(4.9);
  });

  test("words on filled buttons and muted words on the chosen place read", () => {
    expect(contrast(of("on-brand"), of("brand"))).toBeGreaterThanOrEqual(6.2);
    expect(contrast(of("muted"), of("brand-tint"))).toBeGreaterThanOrEqual(4.5);
  });
});

test("colours are named in tokens.css and nowhere else", () => {
  const folders = ["frontend/styles", "frontend/core", "wayloop"];
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(css|ts|tsx|html)$/.test(name) && !name.startsWith("ui/static"))
      .map((name) => join(folder, name)),
  );
  const offenders = files.filter(
    (path) =>
      !path.endsWith("tokens.css") &&
      /(?<![&\w/"'(=])#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b(?!["'])/i.test(
        readFileSync(join(root, path), "utf8"),
      ),
  );
  expect(offenders).toEqual([]);
});

test("a sheet of styles names colours by tokens, not by functions of colour", () => {
  const offenders = readdirSync(join(root, "frontend/styles")).filter(
    (name) =>
      name !== "tokens.css" &&
      /\b(rgb|rgba|hsl|hwb|lab|lch|oklch)\(/.test(readFileSync(join(root, "frontend/styles", name), "utf8")),
  );
  expect(offenders).toEqual([]);
});
