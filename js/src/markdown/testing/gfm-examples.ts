/**
 * Examples of our own for each rule that GitHub's specification (0.29) adds to CommonMark's.
 *
 * Their HTML is what the rule says, whether we render it so or not; `why` tells of those we do not.
 * Which elements of raw HTML are shown as text is no question here: all are.
 */

export type GfmExample = {
  readonly rule: string;
  readonly markdown: string;
  readonly html: string;
  /** Why we render it otherwise. */
  readonly why?: string;
};

const OTHER_SCHEMES = "only addresses of http, https and mailto become links";

const TABLES: readonly GfmExample[] = [
  {
    rule: "a table is a row of names, a row of dashes, and rows",
    markdown: "| tree | height |\n| --- | --- |\n| oak | 30 m |\n| yew | 12 m |",
    html:
      "<table><thead><tr><th>tree</th><th>height</th></tr></thead><tbody>" +
      "<tr><td>oak</td><td>30 m</td></tr><tr><td>yew</td><td>12 m</td></tr></tbody></table>",
  },
  {
    rule: "colons align; the outer pipes may be left out, and be uneven",
    markdown: "west | middle | east\n:- | :-: | -----:\n1 | 2 | 3 |",
    html:
      '<table><thead><tr><th align="left">west</th><th align="center">middle</th>' +
      '<th align="right">east</th></tr></thead><tbody><tr><td align="left">1</td>' +
      '<td align="center">2</td><td align="right">3</td></tr></tbody></table>',
  },
  {
    rule: "an escaped pipe is a pipe, in code and emphasis too",
    markdown: "| a \\| b |\n| - |\n| say `x \\| y` |\n| **\\|** |",
    html:
      "<table><thead><tr><th>a | b</th></tr></thead><tbody><tr><td>say <code>x | y</code></td></tr>" +
      "<tr><td><strong>|</strong></td></tr></tbody></table>",
  },
  {
    rule: "a table ends where another block begins",
    markdown: "| a | b |\n| --- | --- |\n| 1 | 2 |\n> said",
    html:
      "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr>" +
      "</tbody></table><blockquote><p>said</p></blockquote>",
  },
  {
    rule: "a line without pipes is a row; a blank line ends the table",
    markdown: "| a | b |\n| --- | --- |\n| 1 | 2 |\nthree\n\nfour",
    html:
      "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr>" +
      "<tr><td>three</td><td></td></tr></tbody></table><p>four</p>",
  },
  {
    rule: "without as many dashes as names there is no table",
    markdown: "| a | b |\n| --- |\n| 1 |",
    html: "<p>| a | b |\n| --- |\n| 1 |</p>",
  },
  {
    rule: "missing cells are empty, excess ones are left out",
    markdown: "| a | b |\n| --- | --- |\n| 1 |\n| 1 | 2 | 3 |",
    html:
      "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td></td></tr>" +
      "<tr><td>1</td><td>2</td></tr></tbody></table>",
  },
  {
    rule: "a table may have no rows",
    markdown: "| a | b |\n| --- | --- |",
    html: "<table><thead><tr><th>a</th><th>b</th></tr></thead></table>",
  },
  {
    rule: "a table may follow a paragraph's lines",
    markdown: "heights\n| tree |\n| --- |\n| oak |",
    html:
      "<p>heights</p><table><thead><tr><th>tree</th></tr></thead><tbody><tr><td>oak</td></tr>" +
      "</tbody></table>",
  },
  {
    rule: "cells hold what is in a line, no blocks",
    markdown: "| *a* | `b` |\n| --- | --- |\n| # one | - two |",
    html:
      "<table><thead><tr><th><em>a</em></th><th><code>b</code></th></tr></thead><tbody>" +
      "<tr><td># one</td><td>- two</td></tr></tbody></table>",
  },
  {
    rule: "a table may stand in a quote and in an item",
    markdown: "> | a |\n> | - |\n> | 1 |\n\n- | b |\n  | - |\n  | 2 |",
    html:
      "<blockquote><table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody>" +
      "</table></blockquote><ul><li><table><thead><tr><th>b</th></tr></thead><tbody>" +
      "<tr><td>2</td></tr></tbody></table></li></ul>",
  },
];

const OPEN = '<input disabled="" type="checkbox">';
const DONE = '<input checked="" disabled="" type="checkbox">';

const TASKS: readonly GfmExample[] = [
  {
    rule: "an item that begins with a box is a task",
    markdown: "- [ ] open\n- [x] done\n- [X] done too",
    html: `<ul><li>${OPEN} open</li><li>${DONE} done</li><li>${DONE} done too</li></ul>`,
  },
  {
    rule: "tasks may be nested",
    markdown: "- [x] all\n  - [ ] one\n  - [x] two\n- [ ] rest",
    html:
      `<ul><li>${DONE} all\n<ul><li>${OPEN} one</li><li>${DONE} two</li></ul></li>` +
      `<li>${OPEN} rest</li></ul>`,
  },
  {
    rule: "numbered items may be tasks",
    markdown: "1. [x] first\n2. [ ] second",
    html: `<ol><li>${DONE} first</li><li>${OPEN} second</li></ol>`,
  },
  {
    rule: "anything else in brackets is text, and so is a box with no blank behind it",
    markdown: "- [y] what\n- [x]close\n- [] none",
    html: "<ul><li>[y] what</li><li>[x]close</li><li>[] none</li></ul>",
  },
];

const DELETIONS: readonly GfmExample[] = [
  {
    rule: "text between one or two tildes is deleted",
    markdown: "~~old~~ new, ~older~ newer",
    html: "<p><del>old</del> new, <del>older</del> newer</p>",
  },
  {
    rule: "a deletion ends with its paragraph",
    markdown: "not ~~over\n\nblank lines~~",
    html: "<p>not ~~over</p><p>blank lines~~</p>",
  },
  {
    rule: "three tildes delete nothing",
    markdown: "it is ~~~not~~~ so",
    html: "<p>it is ~~~not~~~ so</p>",
  },
];

const ADDRESSES: readonly GfmExample[] = [
  {
    rule: "www. begins an address",
    markdown: "www.example.com",
    html: '<p><a href="http://www.example.com">www.example.com</a></p>',
  },
  {
    rule: "a path belongs to it, the sentence's full stop does not",
    markdown: "See www.example.com/a.b, www.example.com/c! And www.example.com.",
    html:
      '<p>See <a href="http://www.example.com/a.b">www.example.com/a.b</a>, ' +
      '<a href="http://www.example.com/c">www.example.com/c</a>! And ' +
      '<a href="http://www.example.com">www.example.com</a>.</p>',
  },
  {
    rule: "brackets at its end belong to it as far as they are balanced",
    markdown:
      "www.example.com/a+(b)\n\nwww.example.com/a+(b)))\n\n(www.example.com/a+(b))\n\n(www.example.com/a+(b)",
    html:
      '<p><a href="http://www.example.com/a+(b)">www.example.com/a+(b)</a></p>' +
      '<p><a href="http://www.example.com/a+(b)">www.example.com/a+(b)</a>))</p>' +
      '<p>(<a href="http://www.example.com/a+(b)">www.example.com/a+(b)</a>)</p>' +
      '<p>(<a href="http://www.example.com/a+(b)">www.example.com/a+(b)</a></p>',
  },
  {
    rule: "brackets inside it are left alone",
    markdown: "www.example.com/?q=(a))+b",
    html: '<p><a href="http://www.example.com/?q=(a))+b">www.example.com/?q=(a))+b</a></p>',
  },
  {
    rule: "what looks like a character's name at its end is none of it",
    markdown: "www.example.com/?a=1&b=2\n\nwww.example.com/?a=1&bc;",
    html:
      '<p><a href="http://www.example.com/?a=1&amp;b=2">www.example.com/?a=1&amp;b=2</a></p>' +
      '<p><a href="http://www.example.com/?a=1">www.example.com/?a=1</a>&amp;bc;</p>',
  },
  {
    rule: "< ends it",
    markdown: "www.example.com/on<off",
    html: '<p><a href="http://www.example.com/on">www.example.com/on</a>&lt;off</p>',
  },
  {
    rule: "http:// and https:// begin an address",
    markdown: "http://example.com and (https://example.com/?q=a+(b))",
    html:
      '<p><a href="http://example.com">http://example.com</a> and ' +
      '(<a href="https://example.com/?q=a+(b)">https://example.com/?q=a+(b)</a>)</p>',
  },
  {
    rule: "no underscore in the last two parts of its domain",
    markdown: "www.a_b.example.com www.a_b.com www.example.c_d",
    html:
      '<p><a href="http://www.a_b.example.com">www.a_b.example.com</a> www.a_b.com ' +
      "www.example.c_d</p>",
  },
  {
    rule: "it begins a line or follows a blank or one of *, _, ~ and (",
    markdown: "awww.example.com *www.example.com*",
    html: '<p>awww.example.com <em><a href="http://www.example.com">www.example.com</a></em></p>',
  },
  {
    rule: "an address of mail is a link",
    markdown: "to me@example.com",
    html: '<p>to <a href="mailto:me@example.com">me@example.com</a></p>',
  },
  {
    rule: "a plus may stand before the @, not behind it",
    markdown: "me@mail+a.example is none, me+a@mail.example is one",
    html:
      "<p>me@mail+a.example is none, " +
      '<a href="mailto:me+a@mail.example">me+a@mail.example</a> is one</p>',
  },
  {
    rule: "of ., - and _ only the first may follow a mail's address",
    markdown: "a.b-c_d@x.y\n\na.b-c_d@x.y.\n\na.b-c_d@x.y-\n\na.b-c_d@x.y_",
    html:
      '<p><a href="mailto:a.b-c_d@x.y">a.b-c_d@x.y</a></p>' +
      '<p><a href="mailto:a.b-c_d@x.y">a.b-c_d@x.y</a>.</p><p>a.b-c_d@x.y-</p><p>a.b-c_d@x.y_</p>',
  },
  {
    rule: "mailto: belongs to the address behind it",
    markdown:
      "mailto:me@example.com\n\nmailto:me@example.com.\n\nmailto:me@example.com/\n\nmailto:a@x.y-",
    html:
      '<p><a href="mailto:me@example.com">mailto:me@example.com</a></p>' +
      '<p><a href="mailto:me@example.com">mailto:me@example.com</a>.</p>' +
      '<p><a href="mailto:me@example.com">mailto:me@example.com</a>/</p><p>mailto:a@x.y-</p>',
  },
  {
    rule: "mailto: at the end of a word does not",
    markdown: "xmailto:me@example.com",
    html: '<p>xmailto:<a href="mailto:me@example.com">me@example.com</a></p>',
  },
  {
    rule: "addresses of all kinds may stand in one line",
    markdown: "(www.example.com/a_(b)) and https://x.io/?q=1&copy; or me@x.io.",
    html:
      '<p>(<a href="http://www.example.com/a_(b)">www.example.com/a_(b)</a>) and ' +
      '<a href="https://x.io/?q=1">https://x.io/?q=1</a>© or <a href="mailto:me@x.io">me@x.io</a>.</p>',
  },
  {
    rule: "marks may stand in the name of a mail's address",
    markdown: "x-y_z.w+v@mail.io, not x@mail.io_ nor x@mail.io-",
    html: '<p><a href="mailto:x-y_z.w+v@mail.io">x-y_z.w+v@mail.io</a>, not x@mail.io_ nor x@mail.io-</p>',
  },
  {
    rule: "xmpp: makes an address, with one resource",
    markdown: "xmpp:me@example.com/phone/x",
    html: '<p><a href="xmpp:me@example.com/phone">xmpp:me@example.com/phone</a>/x</p>',
    why: OTHER_SCHEMES,
  },
];

export const GFM_EXAMPLES: readonly GfmExample[] = [
  ...TABLES,
  ...TASKS,
  ...DELETIONS,
  ...ADDRESSES,
];
