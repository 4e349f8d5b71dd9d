/** What only widgets of several runs need: their toolbar, tabs and the merged column. */

export { ManyLayout } from "../view/many-layout.ts";
