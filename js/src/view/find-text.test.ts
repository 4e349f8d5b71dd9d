import { expect, it } from "vitest";
import { findAll, fold } from "./find-text.ts";

it("finds words whatever their case, without overlaps", () => {
  expect(findAll(fold("Heap, heAP and HEAPs"), fold("heap"))).toEqual([0, 6, 15]);
  expect(findAll("aaaa", "aa")).toEqual([0, 2]);
  expect(findAll("anything", "")).toEqual([]);
});

it("keeps every place where letters change their length", () => {
  const text = "İstanbul, İzmir";
  expect(fold(text)).toHaveLength(text.length);
  expect(findAll(fold(text), fold("izmir"))).toEqual([]);
  expect(findAll(fold(text), fold("İZMIR"))).toEqual([10]);
  expect(findAll(fold("🙂 ÄPFEL"), fold("äpfel"))).toEqual([3]);
});
