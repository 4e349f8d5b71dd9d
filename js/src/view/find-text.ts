/** Finds words in text, whatever their case, at places that fit the text as it is. */

/** Lower case of the same length: `İ` and its like would move every place behind them. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) {
    return lower;
  }
  return Array.from(text, (character) => {
    const small = character.toLowerCase();
    return small.length === character.length ? small : character;
  }).join("");
}

/** Where `query` starts in `text`, without overlaps; both are folded. */
export function findAll(text: string, query: string): number[] {
  const found: number[] = [];
  if (query === "") {
    return found;
  }
  for (let at = text.indexOf(query); at >= 0; at = text.indexOf(query, at + query.length)) {
    found.push(at);
  }
  return found;
}
