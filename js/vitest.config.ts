import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "node",
    include: ["src/**/*.test.ts"],
    // Two workers at most: the notebook tests share the machine with these.
    maxWorkers: 2,
    minWorkers: 1,
  },
});
