// The figure that a lab consists of.

import { make } from "../drawing/dom.js";
import { copyLink } from "./address.js";
import { arrowKey } from "./legend.js";

/** @import { OptimizerLab } from "./element.js" */

/**
 * Put a lab's parts together.
 *
 * @param {OptimizerLab} lab
 */
export function figureOf(lab) {
  const { spec, stage, legend, player, inputs, message, status, details } = lab;
  return make(
    "figure",
    { className: "ol-figure" },
    make("figcaption", { className: "ol-caption", textContent: spec.caption }),
    stage,
    ...(spec.vectors ? [arrowKey()] : []),
    legend,
    player.row,
    make("div", { className: "ol-controls" }, ...Object.values(inputs).map(({ row }) => row)),
    message,
    status,
    ...notes(lab),
    make("div", { className: "ol-foot" }, details, make("div", { className: "ol-actions" }, ...actions(lab))),
  );
}

/** @param {OptimizerLab} lab */
function notes({ runs }) {
  return runs
    .filter((run) => run.frozen)
    .map(({ label, frozen }) => {
      const textContent = `${label} cannot run in the browser. Its path is computed by the kernel; on a static page it stays as it is. The reason: ${frozen}.`;
      return make("p", { className: "ol-note", textContent });
    });
}

/** @param {OptimizerLab} lab */
function actions(lab) {
  const reset = make("button", { type: "button", className: "ol-button", textContent: "Reset" });
  reset.addEventListener("click", () => lab.reset());
  if (lab.model) return [reset]; // the address is the notebook's
  const link = make("button", { type: "button", className: "ol-button", textContent: "Copy link" });
  link.addEventListener("click", () => copyLink(lab, link));
  return [reset, link];
}
