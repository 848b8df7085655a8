// What is shown: a button for each run, and the meaning of the arrows.

import { make, svg, tenths } from "../drawing/dom.js";
import { markOf } from "../drawing/lines.js";

/** @import { Style } from "../types.js" */
/** @import { OptimizerLab } from "./element.js" */

/**
 * The buttons that show and hide the runs; none for one run alone.
 *
 * @param {OptimizerLab} lab
 */
export function legendOf(lab) {
  const legend = make("div", { className: "ol-legend" });
  legend.setAttribute("role", "group");
  legend.setAttribute("aria-label", "What is shown");
  legend.hidden = lab.runs.length < 2;
  if (legend.hidden) return legend;
  lab.runs.forEach((run, r) => {
    const chip = make("button", { type: "button", className: "ol-chip" }, swatch(run), run.label);
    chip.style.setProperty("--light", run.color);
    chip.style.setProperty("--dark", run.dark);
    chip.setAttribute("aria-pressed", "true");
    chip.addEventListener("click", () => lab.toggle(r));
    legend.append(chip);
  });
  return legend;
}

/** @param {Style} style */
function swatch({ dash = [], marker }) {
  const line = svg("path", { d: "M0 40H260", "stroke-dasharray": dash.map(tenths).join(" ") });
  const mark = svg("polygon", { points: markOf(marker, 13, 4, 4.5) });
  return svg("svg", { viewBox: "0 0 260 80", "aria-hidden": "true" }, line, mark);
}

/** The meaning of the arrows. */
export function arrowKey() {
  /** @type {(kind: string, text: string) => HTMLElement} */
  const entry = (kind, text) => make("span", { className: `ol-arrow-${kind}` }, text);
  const entries = [
    entry("momentum", "→ αv"),
    entry("descent", "→ −ηg"),
    entry("descent", "○ where g is taken"),
  ];
  return make("p", { className: "ol-key" }, ...entries);
}
