/** The packages that JupyterLab shares with its extensions, by webpack's convention. */

type Offer = { get(): Promise<() => unknown> | (() => unknown) };

/** Package to version to what gives it. */
export type ShareScope = Readonly<Record<string, Readonly<Record<string, Offer>> | undefined>>;

/** The exports of the newest version there is of a package; rejects where there is none. */
export async function shared(scope: ShareScope, name: string): Promise<Record<string, unknown>> {
  const versions = Object.entries(scope[name] ?? {});
  const [, offer] = versions.sort(([a], [b]) => compare(a, b)).at(-1) ?? [];
  if (offer === undefined) {
    throw new Error(`JupyterLab does not share ${name}.`);
  }
  const factory = await offer.get();
  return factory() as Record<string, unknown>;
}

function compare(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
