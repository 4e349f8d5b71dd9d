/** What a reader asks for now and then: the search, and files to save. */

import css from "../style/search.css?inline";

export { toMarkdown } from "../export/markdown.ts";
export { saveExport } from "../view/save-export.ts";
export { SearchBox } from "../view/search-box.ts";
export { css };
