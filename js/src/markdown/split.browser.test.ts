import { expect, test } from "vitest";
import { cutAtRandom, cutEvery, describeNode, render, seeded } from "./testing/render.ts";
const BITS = ["a","b "," ","\n","\n\n","*","**","_","`","``","```\n","~~~\n","[","]","(",")","!","<",">","> ","- ","1. ","    ","\t","#","## ","| ","|--|--|\n","$","$$","\\","&amp;","http://x.y","www.a.b","@c.d","=","===\n","---\n","<b>","<div>","[a]: /u\n","[^1]","[^1]: ","~~","é","😀","\\[","\\]","\\(","\\)","word","a*b","\"","'","- [ ] "];
test("fuzz", () => {
  let bad = 0; const out: string[] = [];
  for (let seed = 0; seed < 20000 && bad < 6; seed++) {
    const r = seeded(seed); let s = ""; const n = 2 + Math.floor(r() * 22);
    for (let i = 0; i < n; i++) s += BITS[Math.floor(r() * BITS.length)];
    const d = describeNode(render([s]));
    for (const p of [cutEvery(s, 1), cutAtRandom(s, seed, 5)]) {
      const e = describeNode(render(p));
      if (e !== d) { bad++; out.push(`${JSON.stringify(s)}\n  ${d.slice(40)}\n  ${e.slice(40)}`); break; }
    }
  }
  console.log(`bad ${bad}\n${out.join("\n")}`);
  expect(1).toBe(1);
});
