/** Character references: all numbers, and the names that people write. */

/** Names by groups: first code point, then names of the ones that follow; "-" leaves one out. */
const ROWS = [
  "160 nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml",
  "913 Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho - Sigma Tau Upsilon Phi Chi Psi Omega",
  "945 alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigmaf sigma tau upsilon phi chi psi omega",
  "8592 larr uarr rarr darr harr",
  "8656 lArr uArr rArr dArr hArr",
  "8211 ndash mdash - - - lsquo rsquo sbquo - ldquo rdquo bdquo - dagger Dagger bull",
  "8704 forall - part exist - empty - nabla isin notin - ni - - - prod - sum minus - - - - lowast - - radic - - prop infin - ang - - - - - - and or cap cup int",
  "8194 ensp emsp",
];
const SINGLE =
  "amp:38 lt:60 gt:62 quot:34 apos:39 hellip:8230 prime:8242 euro:8364 trade:8482 asymp:8776 " +
  "ne:8800 equiv:8801 le:8804 ge:8805 sub:8834 sup:8835 oplus:8853 otimes:8855 thinsp:8201 " +
  "zwnj:8204 zwj:8205 permil:8240 lsaquo:8249 rsaquo:8250 check:10003 hearts:9829 star:9734 " +
  "OElig:338 oelig:339 Scaron:352 scaron:353 Dcaron:270 cong:8773 there4:8756";

let names: Map<string, number> | undefined;

function nameTable(): Map<string, number> {
  const table = new Map<string, number>();
  for (const row of ROWS) {
    const [first, ...listed] = row.split(" ");
    for (const [index, name] of listed.entries()) {
      table.set(name, Number(first) + index);
    }
  }
  for (const pair of SINGLE.split(" ")) {
    const [name = "", code] = pair.split(":");
    table.set(name, Number(code));
  }
  return table;
}

const ENTITY = /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([A-Za-z][A-Za-z\d]{1,31}));/y;
const ENTITIES = new RegExp(ENTITY.source, "g");

/** The reference that starts at `at`: what it stands for and where it ends. */
export function readEntity(text: string, at: number): { text: string; end: number } | null {
  ENTITY.lastIndex = at;
  const found = ENTITY.exec(text);
  const character = found && characterOf(found);
  return found === null || character === null
    ? null
    : { text: character, end: at + found[0].length };
}

function characterOf(found: RegExpMatchArray): string | null {
  const [, decimal, hexadecimal, name] = found;
  if (name !== undefined) {
    names ??= nameTable();
    const code = names.get(name);
    return code === undefined ? null : String.fromCodePoint(code);
  }
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? "", 16) : Number(decimal);
  const isCharacter = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : "�";
}

/** What a destination, a title or a fence's info says, without its escapes and references. */
export function unescapeText(text: string): string {
  if (!/[\\&]/.test(text)) {
    return text;
  }
  return text
    .split(/(\\[!-/:-@[-`{-~])/)
    .map((piece, index) => (index % 2 === 1 ? piece.slice(1) : decodeEntities(piece)))
    .join("");
}

function decodeEntities(text: string): string {
  return text.replace(ENTITIES, (whole) => readEntity(whole, 0)?.text ?? whole);
}
