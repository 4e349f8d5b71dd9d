// How many bytes each renderer under comparison is by itself, minified and compressed.
import { readdir } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const RENDERERS = fileURLToPath(new URL("renderers/", import.meta.url));

/** `{"ours": {"min": …, "gz": …}, …}` */
export async function sizesOfRenderers() {
  const files = (await readdir(RENDERERS)).filter((file) => file !== "rendering.ts");
  const sizes = files.map(async (file) => [basename(file, ".ts"), await sizeOf(RENDERERS + file)]);
  return Object.fromEntries(await Promise.all(sizes));
}

async function sizeOf(entry) {
  const { outputFiles } = await build({
    bundle: true,
    charset: "utf8",
    entryPoints: [entry],
    format: "esm",
    legalComments: "none",
    minify: true,
    target: "es2022",
    write: false,
  });
  const bytes = outputFiles[0].contents;
  return { min: bytes.length, gz: gzipSync(bytes, { level: 9 }).length };
}
