/** Has maths typeset once its source is whole; until then, and where that fails, the source stands. */

import { loadAsset } from "../../assets.ts";

/** What the asset "maths" exports. */
export type MathsAsset = {
  /** Puts typeset maths in place of what `into` holds; leaves it alone where the source has errors. */
  readonly render: (tex: string, display: boolean, into: HTMLElement) => void;
};

let asset: MathsAsset | null = null;

export function typeset(element: HTMLElement, tex: string, display: boolean): void {
  if (asset !== null) {
    asset.render(tex, display, element);
    return;
  }
  loadAsset("maths").then(
    (loaded) => {
      asset = loaded as MathsAsset;
      asset.render(tex, display, element);
    },
    () => undefined,
  );
}
