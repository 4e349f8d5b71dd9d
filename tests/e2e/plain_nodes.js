// What stands in the widgets of this page and should never come from a text; each as a sentence.
() => {
  const TAGS = new Set(
    (
      "div p h1 h2 h3 h4 h5 h6 blockquote ul ol li hr br em strong del code pre span a button bdi sup " +
      "input table colgroup col thead tbody tr th td details summary section header footer label " +
      "select option optgroup progress dl dt dd output article nav time small b i"
    ).split(" "),
  );
  /** Of these there are some in the view, and none in a text. */
  const OURS = new Set("b i details summary section header footer label select option".split(" "));
  const ICON = new Set(["svg", "path"]);
  const MATHML = "http://www.w3.org/1998/Math/MathML";
  const faults = [];

  function check(node) {
    const name = node.localName;
    if (node.namespaceURI === MATHML) {
      return [...node.attributes].filter((each) => /^on|href|src|:/.test(each.name));
    }
    if (node.namespaceURI === "http://www.w3.org/2000/svg") {
      return ICON.has(name) && !node.hasAttribute("href") ? [] : [name];
    }
    const bad = [...node.attributes].filter(
      ({ name: attribute, value }) =>
        /^on|^src|srcset|action|ping|background|poster|^data$|^is$|^http/.test(attribute) ||
        (attribute === "style" && /url|import|expression|image-set/i.test(value)) ||
        (attribute === "href" && (name !== "a" || !/^(?:https?:\/\/|mailto:|#)/i.test(value))) ||
        (attribute === "type" && !/^(?:button|checkbox|search|text|radio)$/.test(value)),
    );
    const apart = node.getAttribute("href")?.startsWith("#") ?? true;
    if (name === "a" && !apart && node.rel !== "noopener noreferrer nofollow") bad.push("rel");
    const isText = node.closest("[data-part]") !== null && node.closest(".sw-json-nest") === null;
    return TAGS.has(name) && !(isText && OURS.has(name)) ? bad : [...bad, name];
  }

  for (const root of document.querySelectorAll(".stream-widget")) {
    for (const node of root.querySelectorAll("*")) {
      for (const bad of check(node)) {
        const what = typeof bad === "string" ? bad : `${bad.name}=${bad.value}`;
        faults.push(`<${node.localName}> ${what}`);
      }
    }
  }
  return faults;
}
