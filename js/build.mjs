// Builds what the wheel carries (`node build.mjs`) or the gallery page (`node build.mjs gallery`).
import { cp, mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const shared = {
  bundle: true,
  charset: "utf8",
  legalComments: "none",
  logLevel: "info",
  target: "es2022",
};

async function buildWidget() {
  const outdir = here("../src/stream_widget/widget/static");
  await build({
    ...shared,
    entryPoints: [{ in: here("src/widget.ts"), out: "widget" }],
    format: "esm",
    minify: true,
    outdir,
  });
  await build({
    ...shared,
    entryPoints: [{ in: here("src/style.css"), out: "widget" }],
    minify: true,
    // Nesting and light-dark() stay as written: every front end we support has them since 2024.
    target: "chrome123",
    outdir,
  });
}

async function buildGallery() {
  const outdir = here("dist/gallery");
  await mkdir(outdir, { recursive: true });
  await build({
    ...shared,
    entryPoints: [
      { in: here("gallery/gallery.ts"), out: "gallery" },
      { in: here("src/style.css"), out: "widget" },
    ],
    format: "esm",
    sourcemap: true,
    outdir,
  });
  await cp(here("gallery/index.html"), `${outdir}/index.html`);
}

await (process.argv[2] === "gallery" ? buildGallery() : buildWidget());
