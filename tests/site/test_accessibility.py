"""axe-core finds nothing to complain about, on any page, in light and in dark."""

from book.environment import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# Nine in ten of a chapter's elements are KaTeX's, built alike in every formula: looking at each takes axe ten times as long as
# everything else. Five formulas a page stay whole, of the others the boxes with their links.
FEWER_FORMULAS = "[...document.querySelectorAll('.katex:not(th .katex, summary .katex)')].slice(5).forEach(formula => formula.replaceChildren())"
RUN = """async theme => {
  document.documentElement.dataset.theme = theme;
  const { violations, passes } = await axe.run();
  return [passes.length, violations.flatMap(rule =>
    rule.nodes.map(node => `${theme}: ${rule.id}: ${rule.help}\\n    ${node.target} ${node.html.slice(0, 200)}`))];
}"""


def test_axe_finds_no_violation(visit, page):
    tab = visit(page)
    tab.add_script_tag(path=AXE)
    tab.evaluate(FEWER_FORMULAS)
    for theme in ("light", "dark"):
        passed, faults = tab.evaluate(RUN, theme)
        assert passed > 10, "axe looked at next to nothing"
        assert not faults, "\n".join(faults)
