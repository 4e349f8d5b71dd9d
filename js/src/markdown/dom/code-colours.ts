/** Colours for one block of code, by an asset that is loaded at the first block that has a language. */

import { loadAsset } from "../../assets.ts";

/** What the asset "colour" exports. */
type ColourAsset = {
  /** Colours what is in `host`, and gives what colours the lines that follow. */
  readonly makePainter: (language: string, host: HTMLElement) => Painter;
};

type Painter = { readonly draw: (line: string) => readonly Node[] | null };

let asset: ColourAsset | null = null;

export class CodeColours {
  #painter: Painter | null = null;

  constructor(language: string, host: HTMLElement) {
    if (language !== "") {
      const name = language.toLowerCase();
      this.#painter = asset?.makePainter(name, host) ?? null;
      this.#painter ?? this.#load(name, host);
    }
  }

  /** The nodes of a whole line, or `null` where it stays as it is. */
  draw(line: string): readonly Node[] | null {
    return this.#painter?.draw(line) ?? null;
  }

  #load(language: string, host: HTMLElement): void {
    loadAsset("colour").then(
      (loaded) => {
        asset = loaded as ColourAsset;
        this.#painter = asset.makePainter(language, host);
      },
      () => undefined,
    );
  }
}
