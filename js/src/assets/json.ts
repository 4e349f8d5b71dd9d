/** JSON that folds, loaded at the first answer or tool call that is JSON; and its style. */

import css from "../style/json.css?inline";

export { JsonFlow } from "../json/json-flow.ts";
export { css };
