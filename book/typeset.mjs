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
  node.children?.forEach((child, k) => tighten(child, inScript || (SCRIPTS.has(node.type) && k > 0)));
}

/** The accents, which Temml writes as if they were limits: declared as what they are, they sit close to their letter. */
function accentuate(node) {
  const accent = node.type === "mover" && node.children[1];
  if (accent?.classes?.some((name) => name.endsWith("-acc"))) node.setAttribute("accent", "true");
  node.children?.forEach(accentuate);
}

function typeset([latex, displayMode]) {
  try {
    // A long formula in a line of text may be broken after a relation or an operator: Temml then begins a new row.
    const math = temml.__renderToMathMLTree(latex, { displayMode, strict: true, throwOnError: true, wrap: displayMode ? "none" : "tex" });
    tighten(math);
    accentuate(math);
    return { mathml: math.toMarkup() };
  } catch (error) {
    return { error: error.message };
  }
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(typeset)));
