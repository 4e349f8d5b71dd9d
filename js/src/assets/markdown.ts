/** The Markdown renderer, and its style. */

import css from "../style/markdown-part.css?inline";

export { setAssetSource } from "../assets.ts";
export { MarkdownFlow } from "../markdown/markdown-flow.ts";
export { css };
