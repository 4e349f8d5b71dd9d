// Builds what the wheel carries (`node build.mjs`), the gallery page (`node build.mjs gallery`), or
// the page of the measurements (`node build.mjs bench FOLDER`).
import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const STATIC = here("../src/stream_widget/widget/static");
const LAB = here("dist/labextensions/stream-widget");
const ASSETS = here("src/assets");
const { version: VERSION } = JSON.parse(await readFile(here("package.json"), "utf8"));

/** `import css from "./style.css?inline"`: the bundled sheet as text. */
const inlineCss = {
  name: "inline-css",
  setup(builds) {
    builds.onResolve({ filter: /\.css\?inline$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.replace("?inline", "")),
      namespace: "inline-css",
    }));
    builds.onLoad({ filter: /.*/, namespace: "inline-css" }, async ({ path }) => {
      // Nesting and light-dark() stay as written: every front end we support has them since 2024.
      const { outputFiles } = await build({
        ...shared,
        entryPoints: [path],
        minify: true,
        target: "chrome123",
        write: false,
      });
      return { contents: outputFiles[0].text.trim(), loader: "text" };
    });
  },
};

const shared = {
  bundle: true,
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  target: "es2022",
  define: { STREAM_WIDGET_VERSION: JSON.stringify(VERSION) },
};

async function bundle(entry, name, options = {}) {
  const { outputFiles } = await build({
    ...shared,
    plugins: [inlineCss],
    entryPoints: [entry],
    format: "esm",
    minify: true,
    write: false,
    define: { ...shared.define, STREAM_WIDGET_BUILD: JSON.stringify(name) },
    ...options,
  });
  return outputFiles[0].text;
}

/** The texts of `src/assets`, by name: each file is one. */
async function bundleAssets() {
  const files = await readdir(ASSETS).catch(() => []);
  const sources = files.filter((file) => file.endsWith(".ts") && !/\.(test|d)\.ts$/.test(file));
  const bundled = sources.map(async (file) => [
    `${basename(file, ".ts")}.js`,
    await bundle(join(ASSETS, file), ""),
  ]);
  return Object.fromEntries(await Promise.all(bundled));
}

/** Makes a folder hold these files and no others; what is being read meanwhile is never missing. */
async function write(folder, files) {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
    process.stdout.write(`${name.padEnd(32)} ${(text.length / 1000).toFixed(1).padStart(7)} kB\n`);
  }
  for (const found of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(found.parentPath, found.name);
    if (found.isFile() && !(relative(folder, path).replaceAll(sep, "/") in files)) {
      await rm(path);
    }
  }
}

async function labExtension(name, assets) {
  const about = JSON.parse(await readFile(here("package.json"), "utf8"));
  const entry = `static/remoteEntry.${name}.js`;
  const listing = {
    name: about.name,
    version: about.version,
    description: about.description,
    license: about.license,
    jupyterlab: {
      extension: true,
      mimeExtension: true,
      _build: { load: entry, extension: "./extension", mimeExtension: "./mimeExtension" },
    },
  };
  const origin = { packageManager: "python", packageName: about.name };
  const inFolder = Object.entries(assets).map(([file, text]) => [`static/${file}`, text]);
  return {
    ...Object.fromEntries(inFolder),
    [entry]: await bundle(here("src/lab/container.ts"), name, { format: "iife" }),
    "install.json": `${JSON.stringify(origin, null, 2)}\n`,
    "package.json": `${JSON.stringify(listing, null, 2)}\n`,
  };
}

async function buildPackage() {
  const bare = await bundle(here("src/widget.ts"), "");
  const assets = await bundleAssets();
  // Equal code has an equal name, whoever builds it.
  const name = createHash("sha256")
    .update(JSON.stringify([bare, assets]))
    .digest("hex")
    .slice(0, 12);
  const inFolder = Object.entries(assets).map(([file, text]) => [`assets/${file}`, text]);
  const standalone = await bundle(here("src/entries/standalone.ts"), name, { format: "iife" });
  // A page of the extension exports runs with it, as it does with the parts it loads.
  const forLab = { ...Object.fromEntries(inFolder), "assets/standalone.js": standalone };
  await write(LAB, await labExtension(name, forLab));
  await write(STATIC, {
    ...Object.fromEntries(inFolder),
    "loader.js": await bundle(here("src/entries/loader.ts"), name),
    "standalone.js": standalone,
    "whole.js": await bundle(here("src/entries/whole.ts"), name),
    "widget.js": await bundle(here("src/widget.ts"), name),
  });
}

/** Builds a page of ours with its assets beside it; its `index.html` is next to its code. */
async function buildPage(entry, outdir, options) {
  await mkdir(outdir, { recursive: true });
  const built = { ...shared, ...options, plugins: [inlineCss], format: "esm" };
  await build({ ...built, entryPoints: [here(entry)], outdir });
  const assets = (await readdir(ASSETS)).filter((file) => !file.includes(".test."));
  const entryPoints = assets.map((file) => join(ASSETS, file));
  await build({ ...built, entryPoints, outdir: join(outdir, "assets") });
  const standalone = await bundle(here("src/entries/standalone.ts"), "", { format: "iife" });
  await writeFile(join(outdir, "assets", "standalone.js"), standalone);
  await cp(join(dirname(here(entry)), "index.html"), join(outdir, "index.html"));
}

/** The page of `tests/bench`, as small as what people get, and what each renderer weighs. */
async function buildBench(outdir) {
  await buildPage("bench/page.ts", outdir, { minify: true });
  const { sizesOfRenderers } = await import("./bench/sizes.mjs");
  await writeFile(join(outdir, "sizes.json"), JSON.stringify(await sizesOfRenderers()));
}

const [, , target, into] = process.argv;
if (target === "gallery") {
  await buildPage("gallery/gallery.ts", here("dist/gallery"), { sourcemap: true });
} else if (target === "bench") {
  await buildBench(into);
} else {
  await buildPackage();
}
