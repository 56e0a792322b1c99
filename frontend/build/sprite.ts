import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import type { Plugin } from "vite";

const icons = join(dirname(createRequire(import.meta.url).resolve("lucide-static/package.json")), "icons");

/** The names in the list, without comments and empty lines. */
export function names(list: string): string[] {
  return list
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line && !line.startsWith("#"));
}

/** One symbol of the sprite from one drawing: its shapes only; size, stroke and colour come from where it is used. */
export function symbol(name: string, drawing: string): string {
  const shapes = drawing
    .replace(/<!--.*?-->/gs, "")
    .replace(/<svg[^>]*>/s, "")
    .replace("</svg>", "")
    .replace(/\s*\n\s*/g, "")
    .replaceAll(" />", "/>");
  return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
}

/** Puts single files, which no script imports, into the build and its manifest under their own paths. */
export function files(...paths: string[]): Plugin {
  return {
    name: "wayloop-files",
    apply: "build",
    buildStart() {
      for (const path of paths)
        this.emitFile({ type: "asset", name: basename(path), originalFileName: path, source: readFileSync(path) });
    },
  };
}

/** Makes `icons.svg` of the icons in the list and puts it into the manifest. */
export function sprite(list: string): Plugin {
  return {
    name: "wayloop-sprite",
    apply: "build",
    buildStart() {
      this.addWatchFile(list);
      const symbols = names(readFileSync(list, "utf8")).map((name) =>
        symbol(name, readFileSync(join(icons, `${name}.svg`), "utf8")),
      );
      this.emitFile({
        type: "asset",
        name: "icons.svg",
        originalFileName: "frontend/icons.svg",
        source: `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`,
      });
    },
  };
}
