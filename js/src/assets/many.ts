/** What only widgets of several runs need: their toolbar, tabs and the merged column. */

import css from "../style/many-part.css?inline";

export { ManyLayout } from "../view/many-layout.ts";
export { css };
