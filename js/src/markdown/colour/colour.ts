/** Colours of one line of code: which stretch of it is of which kind. */

import { GRAMMARS, type Grammar, type Kind } from "./grammars.ts";
import { NAMES } from "./names.ts";

/** A stretch of a line: plain, or of a kind that has a colour. */
export type Span = string | readonly [kind: Kind, text: string];

/** What is open at the end of a line, such as a comment: the kind, and what closes it. */
export type State = { readonly kind: Kind; readonly close: string } | null;

export type Coloured = { readonly spans: readonly Span[]; readonly state: State };

type Rule = { readonly kind: Kind | "word"; readonly close: string | null };

type Compiled = {
  readonly pattern: RegExp;
  readonly rules: readonly Rule[];
  readonly words: ReadonlyMap<string, Kind>;
  readonly grammar: Grammar;
};

const NUMBER = "\\b(?:0[xXbBoO][\\da-fA-F_]+|\\d[\\d_]*(?:\\.\\d[\\d_]*)?(?:[eE][+-]?\\d+)?)\\w*";
const WORD = "[\\p{L}_][\\p{L}\\p{N}_*-]*";
const WORD_WITHOUT_DASH = "[\\p{L}_][\\p{L}\\p{N}_]*";

const compiled = new Map<string, Compiled>();

/** `null` for a language that is not known. */
export function colourLine(line: string, language: string, state: State): Coloured | null {
  const name = Object.hasOwn(NAMES, language) ? NAMES[language] : language;
  const grammar = name !== undefined && Object.hasOwn(GRAMMARS, name) ? GRAMMARS[name] : undefined;
  if (name === undefined || grammar === undefined) {
    return null;
  }
  const known = compiled.get(name) ?? compile(grammar);
  compiled.set(name, known);
  return scan(line, known, state);
}

function compile(grammar: Grammar): Compiled {
  const rules: Rule[] = [];
  const sources: string[] = [];
  const add = (kind: Rule["kind"], source: string, close: string | null = null) => {
    rules.push({ kind, close });
    sources.push(`(${source.replace(/\((?!\?)/g, "(?:")})`);
  };
  for (const [kind, source] of grammar.extra ?? []) {
    add(kind, source);
  }
  for (const [kind, open, close] of grammar.spans ?? []) {
    add(kind, open, close);
  }
  if (grammar.line !== undefined) {
    add("c", `(?:${grammar.line}).*`);
  }
  for (const quote of grammar.quotes ?? "") {
    add("s", `${quote}(?:[^${quote}\\\\\\n]|\\\\.)*${quote}?`);
  }
  add("n", NUMBER);
  add("word", grammar === GRAMMARS["lisp"] ? WORD : WORD_WITHOUT_DASH);
  const flags = grammar.ignoresCase === true ? "giu" : "gu";
  return {
    pattern: new RegExp(sources.join("|"), flags),
    rules,
    words: listWords(grammar),
    grammar,
  };
}

function listWords({ words = "", literals = "" }: Grammar): Map<string, Kind> {
  const kinds = new Map<string, Kind>();
  for (const word of words.split(" ")) {
    kinds.set(word, "k");
  }
  for (const word of literals.split(" ")) {
    kinds.set(word, "n");
  }
  return kinds;
}

function scan(line: string, language: Compiled, open: State): Coloured {
  const spans: Span[] = [];
  let state = open;
  let at = 0;
  /** Takes what is open from `from` on; its end is looked for after `inner`. */
  const takeOpen = ({ kind, close }: NonNullable<State>, from: number, inner: number) => {
    const end = findClose(line, inner, close);
    at = end ?? line.length;
    spans.push([kind, line.slice(from, at)]);
    return end === null ? { kind, close } : null;
  };
  if (state !== null) {
    state = takeOpen(state, 0, 0);
  }
  for (let found = findNext(line, at, language); found; found = findNext(line, at, language)) {
    if (found.start > at) {
      spans.push(line.slice(at, found.start));
    }
    if (found.state === null) {
      spans.push(found.span);
      at = found.end;
    } else {
      state = takeOpen(found.state, found.start, found.end);
    }
  }
  if (at < line.length) {
    spans.push(line.slice(at));
  }
  return { spans, state };
}

type Found = {
  readonly start: number;
  readonly end: number;
  readonly span: Span;
  readonly state: State;
};

function findNext(line: string, from: number, language: Compiled): Found | null {
  language.pattern.lastIndex = from;
  const match = language.pattern.exec(line);
  if (match === null || match[0] === "") {
    return null;
  }
  const [text] = match;
  const end = match.index + text.length;
  const rule =
    language.rules[match.findIndex((group, index) => index > 0 && group !== undefined) - 1];
  if (rule === undefined || rule.kind === "word") {
    const kind = kindOfWord(text, line.slice(end), language);
    return { start: match.index, end, span: kind === null ? text : [kind, text], state: null };
  }
  const state = rule.close === null ? null : { kind: rule.kind, close: rule.close };
  return { start: match.index, end, span: [rule.kind, text], state };
}

function kindOfWord(word: string, rest: string, { words, grammar }: Compiled): Kind | null {
  const known = words.get(grammar.ignoresCase === true ? word.toLowerCase() : word);
  if (known !== undefined || grammar.names !== true) {
    return known ?? null;
  }
  if (rest.startsWith("(")) {
    return "t";
  }
  return /^\p{Lu}\p{L}*\p{Ll}/u.test(word) ? "y" : null;
}

/** Where what is open ends; what a backslash stands before does not close. */
function findClose(line: string, from: number, close: string): number | null {
  const pattern = new RegExp(close, "g");
  pattern.lastIndex = from;
  for (let match = pattern.exec(line); match !== null; match = pattern.exec(line)) {
    const slashes = /\\*$/.exec(line.slice(from, match.index))?.[0].length ?? 0;
    if (slashes % 2 === 0 || close.length > 1) {
      return match.index + match[0].length;
    }
  }
  return null;
}
