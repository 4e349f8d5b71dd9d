/** What the languages that people show most look like; a table, so that a language is a few lines. */

/** Kinds: keyword, string, number (and other literals), comment, title, type, meta. */
export type Kind = "k" | "s" | "n" | "c" | "t" | "y" | "m";

export type Grammar = {
  /** Words in the colour of keywords, and of literals. */
  readonly words?: string;
  readonly literals?: string;
  readonly ignoresCase?: true;
  /** What begins a comment that ends with its line. */
  readonly line?: string;
  /** What may go on over lines: its kind, how it begins and how it ends. */
  readonly spans?: readonly (readonly [kind: Kind, open: string, close: string])[];
  /** Quotes of strings that end on their line. */
  readonly quotes?: string;
  /** Words with a capital are types; words before "(" are titles. */
  readonly names?: true;
  /** Looked at before everything else. */
  readonly extra?: readonly (readonly [kind: Kind, pattern: string])[];
};

const C_COMMENT = ["c", "/\\*", "\\*/"] as const;
const DECORATOR = ["m", "@[\\w.]+"] as const;
const VARIABLE = ["m", "\\$(?:\\w+|\\{[^}]*\\})"] as const;

const C_LIKE = {
  line: "//",
  spans: [C_COMMENT],
  quotes: "\"'",
  literals: "true false null NULL nullptr nil",
  names: true,
} as const;

const CONTROL = "if else for while do switch case default break continue return";
const CLASSES =
  "class interface enum extends implements public private protected static abstract final new this super import package try catch finally throw throws";

const JAVASCRIPT: Grammar = {
  ...C_LIKE,
  words: `${CONTROL} ${CLASSES} async await const let var function yield typeof instanceof in of delete void export from as get set type readonly declare namespace keyof infer satisfies is`,
  literals: "true false null undefined NaN Infinity",
  spans: [C_COMMENT, ["s", "`", "`"]],
  extra: [DECORATOR],
};

const C: Grammar = {
  ...C_LIKE,
  words: `${CONTROL} struct union enum typedef static const volatile extern inline sizeof goto void int char short long float double unsigned signed bool auto register class public private protected virtual override template typename namespace using new delete this try catch throw operator friend constexpr noexcept final explicit mutable concept requires co_await co_return co_yield`,
  extra: [["m", "^\\s*#\\s*\\w+"]],
};

const SHELL: Grammar = {
  words:
    "if then else elif fi for while until do done case esac in function return exit local export set unset source alias echo cd sudo read shift trap eval exec",
  literals: "true false",
  line: "#",
  spans: [
    ["s", '"', '"'],
    ["s", "'", "'"],
  ],
  extra: [VARIABLE, ["m", "(?<=\\s)--?[\\w-]+"], ["n", "^\\s*[$%>](?= )"]],
};

const HTML: Grammar = {
  spans: [["c", "<!--", "-->"]],
  extra: [
    ["m", "<![^>]*>"],
    ["k", "</?[\\w:-]+|/?>"],
    ["s", "(?<==\\s*)(?:\"[^\"]*\"|'[^']*')"],
    ["t", "[\\w:@.-]+(?=\\s*=\\s*[\"'{])"],
    ["n", "&#?\\w+;"],
  ],
};

const CSS: Grammar = {
  spans: [C_COMMENT],
  line: "//(?=\\s)",
  quotes: "\"'",
  extra: [
    ["k", "@[\\w-]+|![a-z]+"],
    ["n", "#[\\da-fA-F]{3,8}\\b|\\b[\\d.]+(?:px|em|rem|%|vh|vw|fr|s|ms|deg|ch)?"],
    ["t", "(?<![\\w-])[-\\w]+(?=\\s*:(?!:)[^{]*(?:;|$))"],
    ["y", "[.#][a-zA-Z][\\w-]*|::?[\\w-]+"],
    ["m", "--[\\w-]+|\\$[\\w-]+"],
  ],
};

const INI: Grammar = {
  line: "[#;]",
  spans: [
    ["s", '"""', '"""'],
    ["s", "'''", "'''"],
  ],
  quotes: "\"'",
  literals: "true false yes no on off null",
  extra: [
    ["y", "^\\s*\\[.*\\]\\s*$"],
    ["t", '^\\s*[\\w."-]+(?=\\s*[=:])'],
  ],
};

const LISP: Grammar = {
  words:
    "define lambda let let* letrec if cond else begin do defn def fn ns defun defmacro loop recur",
  literals: "nil true false",
  line: ";",
  spans: [["s", '"', '"']],
  extra: [["m", ":[\\w-]+|#[tf]\\b"]],
};

/** By the first of its names; the others are in names.ts. */
export const GRAMMARS: Readonly<Record<string, Grammar>> = {
  python: {
    words:
      "and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield match case type",
    literals: "True False None self cls",
    line: "#",
    spans: [
      ["s", '[rRbBuUfF]{0,2}"""', '"""'],
      ["s", "[rRbBuUfF]{0,2}'''", "'''"],
    ],
    quotes: "\"'",
    names: true,
    extra: [
      ["m", "^\\s*@[\\w.]+"],
      ["m", "^(?:>>>|\\.\\.\\.)(?= )"],
    ],
  },
  javascript: JAVASCRIPT,
  json: {
    literals: "true false null",
    line: "//",
    extra: [["t", '"(?:[^"\\\\]|\\\\.)*"(?=\\s*:)']],
    quotes: '"',
  },
  html: HTML,
  css: CSS,
  shell: SHELL,
  sql: {
    ignoresCase: true,
    words:
      "select from where and or not in is like between join left right inner outer full cross on group by order having limit offset union all distinct insert into values update set delete create table view index drop alter add column primary key foreign references default constraint unique check as case when then else end with recursive over partition asc desc exists begin commit rollback returning cast using explain analyze if replace temporary",
    literals: "null true false",
    line: "--",
    spans: [C_COMMENT, ["s", "'", "'"]],
    extra: [
      ["t", "\\b\\w+(?=\\()"],
      ["y", '"[^"]*"'],
    ],
  },
  c: C,
  java: {
    ...C_LIKE,
    words: `${CONTROL} ${CLASSES} void int long double float boolean char byte short instanceof synchronized volatile transient native record sealed permits var yield val fun when object companion data override open internal lateinit suspend by in is as out constructor init typealias`,
    spans: [C_COMMENT, ["s", '"""', '"""']],
    extra: [DECORATOR],
  },
  csharp: {
    ...C_LIKE,
    words: `${CONTROL} ${CLASSES} using namespace struct record void int long double float bool char byte string object var dynamic async await yield get set init readonly const override virtual sealed partial internal ref out in is as foreach lock params where select from delegate event operator nameof typeof`,
    extra: [
      ["m", "^\\s*#\\w+"],
      ["s", '[$@]+"(?:[^"\\\\]|\\\\.|"")*"'],
    ],
  },
  go: {
    ...C_LIKE,
    words:
      "break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var string int int64 int32 uint uint8 byte rune bool error float64 float32 any",
    literals: "true false nil iota",
    spans: [C_COMMENT, ["s", "`", "`"]],
  },
  rust: {
    ...C_LIKE,
    words:
      "as async await break const continue crate dyn else enum extern fn for if impl in let loop match mod move mut pub ref return self Self static struct super trait type unsafe use where while i8 i16 i32 i64 u8 u16 u32 u64 usize isize f32 f64 bool str char",
    literals: "true false None Some Ok Err",
    quotes: '"',
    extra: [
      ["m", "#!?\\[[^\\]]*\\]"],
      ["t", "\\b\\w+!(?=[(\\[{])"],
      ["m", "'[a-z_]+\\b(?!')"],
      ["s", "'(?:[^'\\\\]|\\\\.)'"],
    ],
  },
  swift: {
    ...C_LIKE,
    words: `${CONTROL} ${CLASSES} func let var guard where in is as struct protocol extension init deinit self Self typealias associatedtype inout mutating lazy weak unowned async await some any defer repeat fileprivate internal open override actor`,
    spans: [C_COMMENT, ["s", '"""', '"""']],
    extra: [DECORATOR],
  },
  php: {
    ...C_LIKE,
    words: `${CONTROL} ${CLASSES} function echo print foreach as use namespace trait const var global isset unset empty array fn match yield require include require_once include_once elseif endif endforeach list readonly`,
    line: "//|#(?!\\[)",
    extra: [
      ["m", "<\\?(?:php|=)?|\\?>"],
      ["m", "\\$\\w+"],
    ],
  },
  ruby: {
    words:
      "alias and begin break case class def do else elsif end ensure for if in module next not or redo require require_relative rescue retry return self super then undef unless until when while yield attr_accessor attr_reader include extend private protected public puts lambda proc raise",
    literals: "true false nil",
    line: "#",
    quotes: "\"'`",
    names: true,
    extra: [["m", "@{1,2}\\w+|\\$\\w+|(?<![:\\w]):\\w+"]],
  },
  perl: {
    words:
      "my our local sub if elsif else unless while until for foreach do return use package no require last next redo and or not eq ne lt gt le ge cmp print say die",
    line: "#",
    quotes: "\"'`",
    extra: [["m", "[$@%]\\w+"]],
  },
  lua: {
    words:
      "and break do else elseif end for function goto if in local not or repeat return then until while",
    literals: "true false nil",
    line: "--(?!\\[\\[)",
    spans: [
      ["c", "--\\[\\[", "\\]\\]"],
      ["s", "\\[\\[", "\\]\\]"],
    ],
    quotes: "\"'",
    names: true,
  },
  r: {
    words: "if else repeat while function for in next break return library require",
    literals: "TRUE FALSE NULL NA Inf NaN T F",
    line: "#",
    quotes: "\"'",
    extra: [
      ["t", "[\\w.]+(?=\\()"],
      ["k", "<-|->|%[^%\\s]*%|\\|>"],
    ],
  },
  julia: {
    words:
      "begin end function return if elseif else for while break continue let do try catch finally struct mutable abstract type module using import export const global local macro quote where in isa",
    literals: "true false nothing missing",
    line: "#(?!=)",
    spans: [
      ["c", "#=", "=#"],
      ["s", '"""', '"""'],
    ],
    quotes: '"',
    names: true,
    extra: [DECORATOR],
  },
  scala: {
    ...C_LIKE,
    words: `${CONTROL} ${CLASSES} def val var object trait type extends with override implicit given using lazy match yield sealed then enum derives`,
    spans: [C_COMMENT, ["s", '"""', '"""']],
    extra: [DECORATOR],
  },
  haskell: {
    words:
      "case class data deriving do else if import in infix infixl infixr instance let module newtype of then type where forall qualified as hiding",
    literals: "True False Nothing Just",
    line: "--",
    spans: [["c", "\\{-", "-\\}"]],
    quotes: '"',
    names: true,
    extra: [
      ["t", "^\\w+(?=\\s*::)"],
      ["k", "->|<-|=>|::"],
    ],
  },
  elixir: {
    words:
      "def defp defmodule defstruct defmacro do end if else unless case cond when fn use import alias require with for receive after rescue try catch raise and or not in",
    literals: "true false nil",
    line: "#",
    spans: [["s", '"""', '"""']],
    quotes: "\"'",
    names: true,
    extra: [["m", "@\\w+|(?<![:\\w]):\\w+|\\b\\w+:(?=\\s)"]],
  },
  dart: {
    ...C_LIKE,
    words: `${CONTROL} ${CLASSES} var final const void int double bool String dynamic async await yield late required get set mixin on with is as in factory typedef part library export show hide`,
    extra: [DECORATOR],
  },
  matlab: {
    words:
      "break case catch classdef continue else elseif end for function global if otherwise parfor persistent return switch try while",
    literals: "true false pi Inf NaN",
    line: "%",
    quotes: '"',
    extra: [
      ["t", "\\b\\w+(?=\\()"],
      ["s", "(?<=[\\s=(\\[,;]|^)'[^'\\n]*'"],
    ],
  },
  powershell: {
    ignoresCase: true,
    words:
      "if else elseif foreach for while do switch function param return try catch finally throw begin process end in break continue filter",
    line: "#(?!>)",
    spans: [
      ["c", "<#", "#>"],
      ["s", '"', '"'],
      ["s", "'", "'"],
    ],
    extra: [
      ["m", "\\$[\\w:]+"],
      ["t", "\\b[A-Z]\\w+-[A-Z]\\w+"],
      ["m", "(?<=\\s)-\\w+"],
    ],
  },
  yaml: {
    literals: "true false null yes no on off ~",
    line: "(?<=\\s|^)#",
    quotes: "\"'",
    extra: [
      ["t", "^\\s*(?:- )*[\\w./$-]+(?=:(?:\\s|$))"],
      ["m", "[&*!][\\w!/.-]+|^---|^\\.\\.\\.|<<(?=:)"],
    ],
  },
  toml: INI,
  dockerfile: {
    words:
      "FROM RUN CMD LABEL EXPOSE ENV ADD COPY ENTRYPOINT VOLUME USER WORKDIR ARG ONBUILD STOPSIGNAL HEALTHCHECK SHELL AS",
    line: "#",
    quotes: "\"'",
    extra: [VARIABLE],
  },
  makefile: {
    words: "ifeq ifneq ifdef ifndef else endif include define endef export",
    line: "#",
    quotes: "\"'",
    extra: [
      ["t", "^[\\w.%/-]+(?=\\s*:(?!=))"],
      ["m", "\\$\\([^)]*\\)|\\$[@<^*?]"],
    ],
  },
  diff: {
    extra: [
      ["y", "^(?:\\+\\+\\+|---|diff|index)[^\\n]*"],
      ["t", "^@@[^\\n]*"],
      ["s", "^\\+[^\\n]*"],
      ["m", "^-[^\\n]*"],
    ],
  },
  markdown: {
    extra: [
      ["k", "^#{1,6} [^\\n]*"],
      ["m", "^\\s*(?:[-*+]|\\d+\\.)(?= )|^>+"],
      ["s", "`[^`\\n]+`"],
      ["t", "\\*\\*[^*\\n]+\\*\\*|\\[[^\\]\\n]*\\]\\([^)\\n]*\\)"],
    ],
  },
  tex: {
    line: "(?<!\\\\)%",
    extra: [
      ["k", "\\\\(?:begin|end)\\b|\\\\[a-zA-Z]+\\*?"],
      ["m", "[{}$&]"],
    ],
  },
  graphql: {
    words:
      "query mutation subscription fragment on type input enum interface union scalar directive schema extend implements",
    literals: "true false null",
    line: "#",
    quotes: '"',
    names: true,
    extra: [["m", "[$@]\\w+"]],
  },
  lisp: LISP,
};
