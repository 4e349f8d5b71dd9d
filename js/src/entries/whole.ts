/** The module of a widget that shares nothing with others: all in one. */

import * as markdown from "../assets/markdown.ts";
import { provideMarkdown } from "../view/markdown-look.ts";
import widget from "../widget.ts";

provideMarkdown(markdown);

export default widget;
