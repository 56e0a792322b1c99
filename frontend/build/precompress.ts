import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const TEXT = /\.(js|css|svg|json|map)$/;
const SMALLEST = 512;

/** Writes `.gz` and `.br` next to what is worth it, so that the server never compresses at run time. */
export function precompress(folder: string): Plugin {
  return {
    name: "wayloop-precompress",
    apply: "build",
    closeBundle() {
      for (const path of files(folder)) {
        const content = readFileSync(path);
        if (!TEXT.test(path) || content.length < SMALLEST) continue;
        writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
        writeFileSync(`${path}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
      }
    },
  };
}

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}
