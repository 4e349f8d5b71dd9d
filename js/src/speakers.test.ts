import { expect, it } from "vitest";
import { nameSpeakers } from "./speakers.ts";

const run = (model: string, change: object = {}) => ({
  model,
  name: null,
  effort: null,
  provider: "openai",
  ...change,
});

const labels = (...runs: ReturnType<typeof run>[]) => nameSpeakers(runs).map(({ label }) => label);

it("calls runs by their models where these differ", () => {
  expect(labels(run("gpt-5"), run("grok-4"))).toEqual(["gpt-5", "grok-4"]);
});

it("tells runs of one model apart by their names, else by effort, else by provider", () => {
  expect(labels(run("gpt-5", { name: "short" }), run("gpt-5", { name: "long" }))).toEqual([
    "short",
    "long",
  ]);
  expect(labels(run("gpt-5", { effort: "low" }), run("gpt-5", { effort: "high" }))).toEqual([
    "gpt-5 · low",
    "gpt-5 · high",
  ]);
  expect(labels(run("gpt-5"), run("gpt-5", { provider: "openrouter" }))).toEqual([
    "openai:gpt-5",
    "openrouter:gpt-5",
  ]);
});

it("numbers them where nothing else tells them apart, and only then marks their headers", () => {
  const runs = [run("gpt-5"), run("grok-4"), run("gpt-5"), run("gpt-5", { name: "named" })];
  expect(nameSpeakers(runs)).toEqual([
    { label: "gpt-5 #1", mark: "#1", hint: "" },
    { label: "grok-4", mark: "", hint: "" },
    { label: "gpt-5 #2", mark: "#2", hint: "" },
    { label: "gpt-5 #3", mark: "#3", hint: "" },
  ]);
});

it("has a hint for headers without room for name and effort, and marks providers in all", () => {
  const named = nameSpeakers([run("gpt-5", { name: "short" }), run("gpt-5", { name: "long" })]);
  expect(named.map(({ mark, hint }) => [mark, hint])).toEqual([
    ["", "short"],
    ["", "long"],
  ]);
  const efforts = nameSpeakers([run("gpt-5", { effort: "low" }), run("gpt-5", { effort: "high" })]);
  expect(efforts.map(({ hint }) => hint)).toEqual(["low", "high"]);
  const providers = nameSpeakers([run("gpt-5"), run("gpt-5", { provider: "openrouter" })]);
  expect(providers.map(({ mark }) => mark)).toEqual(["openai", "openrouter"]);
});
