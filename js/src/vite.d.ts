/** What vitest adds to `import.meta`; tests read the shared fixtures with it. */
interface ImportMeta {
  glob<T>(pattern: string, options: { eager: true; import: "default" }): Record<string, T>;
}
