import { expect, it } from "vitest";
import { shared } from "./share-scope.ts";

const offer = (version: string) => ({ get: async () => () => ({ version }) });

it("takes the newest version there is", async () => {
  const versions = ["2.9.0", "2.10.1", "2.0.0"].map((each) => [each, offer(each)] as const);
  const scope = { "@lumino/widgets": Object.fromEntries(versions) };
  expect(await shared(scope, "@lumino/widgets")).toEqual({ version: "2.10.1" });
});

it("fails for a package that is not shared", async () => {
  await expect(shared({}, "@lumino/widgets")).rejects.toThrow("does not share @lumino/widgets");
});
