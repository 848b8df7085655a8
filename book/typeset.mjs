// LaTeX in, MathML out: reads [[latex, display], ...] as JSON and writes, for each formula, {mathml} or {error}.
import { readFileSync } from "node:fs";
import temml from "temml";

const SCRIPTS = new Set(["msub", "msup", "msubsup", "munder", "mover", "munderover"]);

/** What TeX does and MathML does not: in scripts an operator has no space around it. */
function tighten(node, inScript = false) {
  if (node.type === "mo" && inScript && !node.attributes.form) {
    node.setAttribute("lspace", "0em");
    node.setAttribute("rspace", "0em");
  }
  node.children?.forEach((child, k) => {
    tighten(child, inScript || (SCRIPTS.has(node.type) && k > 0));
  });
}

/** The accents, which Temml writes as if they were limits: declared as what they are, they sit close to their letter. */
function accentuate(node) {
  const accent = node.type === "mover" && node.children[1];
  const [mark] = accent?.children ?? [];
  if (mark?.text === "~") {
    mark.text = "˜"; // the accent, not the sign of a relation
    accent.classes = accent.classes.map((name) => name.replace(/^wbk.*(?<!-acc)$/, "$&-acc"));
  }
  if (accent?.classes?.some((name) => name.endsWith("-acc"))) node.setAttribute("accent", "true");
  node.children?.forEach(accentuate);
}

/** What the browsers do not agree on, the formula says itself: dots have no space of their own, and ⊙ is no large operator. */
function settle(node) {
  // Firefox sets an invisible "function application" as wide as a space.
  node.children = node.children?.filter(
    (child) => !(child.type === "mo" && child.children[0]?.text === "\u2061"),
  );
  const sign = node.type === "mo" && node.children[0]?.text;
  if (sign === "…" || sign === "⋯") {
    node.setAttribute("lspace", "0em");
    node.setAttribute("rspace", "0em");
  }
  if (sign === "⊙") node.setAttribute("largeop", "false");
  node.children?.forEach(settle);
}

function typeset([latex, displayMode]) {
  try {
    // A long formula in a line of text may be broken after a relation or an operator: Temml then begins a new row.
    const math = temml.__renderToMathMLTree(latex, {
      displayMode,
      strict: true,
      throwOnError: true,
      wrap: displayMode ? "none" : "tex",
    });
    tighten(math);
    accentuate(math);
    settle(math);
    return { mathml: math.toMarkup() };
  } catch (error) {
    return { error: error.message };
  }
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(typeset)));
