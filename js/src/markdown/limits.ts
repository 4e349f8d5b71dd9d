/**
 * Bounds that keep a frame's work the same however the text looks; none depends on how it was cut.
 *
 * A rule that looks further than these would have to keep everything open, since what decides could
 * still come. Ordinary text stays far below them.
 */

/** What one line is (a rule, a table's second line, a fence) is decided by at most so many units. */
export const LINE_UNITS = 4096;
/** Emphasis, links, code and maths that close later than this are text. */
export const SPAN_UNITS = 4096;
/** A paragraph longer than this becomes no heading and no table, and goes on in a new element. */
export const PARAGRAPH_UNITS = 4096;
/** A chunk ends with a block or an item from here on; off screen the browser skips it whole. */
export const CHUNK_UNITS = 6144;
/** Quotes, lists and items inside each other; deeper marks are text. */
export const MAX_CONTAINERS = 40;
/** Emphasis inside emphasis; deeper marks are text. */
export const MAX_EMPHASIS = 24;
/** Lines of code, and rows of a table, that are laid out together. */
export const CODE_LINES = 8;
export const TABLE_ROWS = 100;
/** Cells of a row; what comes after them is left out, as cells beyond the header's are anyway. */
export const TABLE_CELLS = 200;
/** No text node grows beyond this. */
export const NODE_UNITS = 2048;
