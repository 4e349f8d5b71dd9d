/** What every renderer under comparison can do. */
export type Rendering = {
  /** Shows more text; called once a frame. */
  write(text: string): void;
  end(): void;
};

export type OpenRendering = (into: HTMLElement) => Rendering;
