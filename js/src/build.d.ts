/** Names the built code: equal text, equal name. `build.mjs` writes it; tests have none. */
declare const STREAM_WIDGET_BUILD: string | undefined;

/** The package's version; written and missing as the build's name is. */
declare const STREAM_WIDGET_VERSION: string | undefined;

/** A style sheet as text; `build.mjs` bundles it, and vitest knows it too. */
declare module "*.css?inline" {
  const text: string;
  export default text;
}
