import { join } from "node:path";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vitest/config";
import { precompress } from "./frontend/build/precompress.ts";
import { files, sprite } from "./frontend/build/sprite.ts";

const root = import.meta.dirname;
const output = join(root, "wayloop/ui/static/build");

export default defineConfig({
  root,
  base: "/static/build/",
  publicDir: false,
  plugins: [
    tailwindcss(),
    sprite(join(root, "wayloop/ui/icons.txt")),
    files("frontend/assets/favicon.svg"),
    precompress(output),
  ],
  build: {
    outDir: output,
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2023",
    cssTarget: ["chrome125", "safari17.5", "firefox128"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        main: join(root, "frontend/core/main.ts"),
        survey: join(root, "frontend/survey/main.ts"),
        popin: join(root, "frontend/popin/main.ts"),
      },
    },
  },
  test: {
    environment: "happy-dom",
    include: ["frontend/tests/**/*.test.ts"],
  },
});
