import { expect, test } from "vitest";
import { render } from "./render.ts";

function typeset(tex: string, display = false): HTMLElement {
  const into = document.createElement("span");
  into.textContent = tex;
  render(tex, display, into);
  return into;
}

test("a formula becomes MathML", () => {
  const shown = typeset(
    String.raw`\sum_{i=1}^{n} \frac{1}{i} \approx \begin{pmatrix} a & b \end{pmatrix}`,
    true,
  );
  expect(shown.querySelector("math[display=block] mfrac")).not.toBeNull();
  expect(shown.querySelector("mtable mtd")).not.toBeNull();
  expect(shown.className).toBe("sw-typeset");
});

test("what cannot be typeset stays as it was written", () => {
  for (const tex of [String.raw`\frac{1}`, "{", String.raw`\unknown{x}`, "x".repeat(20_000)]) {
    const shown = typeset(tex);
    expect(shown.textContent).toBe(tex);
    expect(shown.childElementCount).toBe(0);
  }
});

test.each([
  String.raw`\href{javascript:alert(1)}{x}`,
  String.raw`\url{https://evil.test/}`,
  String.raw`\includegraphics{https://evil.test/x.png}`,
  String.raw`\class{sw-x}{y}`,
  String.raw`\id{x}{y}`,
  String.raw`\style{background:url(https://evil.test/)}{x}`,
  String.raw`\htmlStyle{background:url(https://evil.test/)}{x}`,
  String.raw`\data{foo=bar}{x}`,
  String.raw`\color{url(https://evil.test/)}{x}`,
  String.raw`\toggle{a}{b}\endtoggle`,
  String.raw`\text{<img src=x onerror=alert(1)>}`,
  String.raw`\def\a{\a\a}\a`,
  String.raw`\newcommand{\b}[1]{\b{#1}\b{#1}}\b{x}`,
  "{".repeat(8000),
  String.raw`\sqrt{`.repeat(900) + "}".repeat(900),
])("nothing but plain MathML comes from %j", (tex) => {
  const shown = typeset(tex);
  for (const node of shown.querySelectorAll("*")) {
    expect(node.namespaceURI).toBe("http://www.w3.org/1998/Math/MathML");
    const names = [...node.attributes].map(({ name }) => name);
    expect(names.filter((name) => /^on|href|src|id|data/.test(name))).toEqual([]);
    expect(node.getAttribute("style") ?? "").not.toMatch(/url|evil/);
  }
});
