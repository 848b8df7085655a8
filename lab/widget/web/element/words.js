// What a lab says of itself.

import { make } from "../drawing/dom.js";
import { short } from "../drawing/numbers.js";

/** @import { OptimizerLab } from "./element.js" */

/**
 * Say what the runs that are shown have come to.
 *
 * @param {OptimizerLab} lab
 */
export function say({ view, status, spec, runs, muted, values }) {
  const shown = runs.map((_, r) => r).filter((r) => !muted.has(r));
  const sentences = shown.map((r) => view.sentence(r));
  status.replaceChildren(...sentences.flatMap((sentence) => [make("span", { textContent: sentence }), " "]));
  view.panels[0].still.setAttribute("aria-label", `${spec.title}. ${status.textContent}`);
  if (!view.handle) return;
  const start = values.start.map((c) => short(c)).join(", ");
  view.handle.setAttribute("aria-label", `Start point (${start}). Arrow keys move it.`);
}

/**
 * A lab that cannot be built shows its picture, if it has one, and says why.
 *
 * @param {OptimizerLab} lab
 * @param {unknown} error
 */
export function fail(lab, error) {
  console.error(error);
  lab.querySelector(".ol-figure")?.remove();
  lab.classList.remove("ol-on");
  const reason = error instanceof Error ? error.message : error;
  const instead = lab.querySelector("img") ? " The picture shows it at its first settings." : ""; // a live notebook has none
  lab.message.textContent = `This experiment cannot run here (${reason}).${instead}`;
  lab.message.setAttribute("role", "alert");
  lab.append(lab.message);
}
