// What plays the steps, and goes to one of them.

import { make } from "../drawing/dom.js";
import { short } from "../drawing/numbers.js";

/** @import { OptimizerLab } from "./element.js" */
/** @import { CurveView } from "../views/curve.js" */

export class Player {
  /** @param {OptimizerLab} lab */
  constructor(lab) {
    this.lab = lab;
    this.curve = lab.spec.view === "curve"; // whose steps are places along the axis
    /** The frame in which it goes on, or 0 while it stands. */
    this.frame = 0;
    /** @type {[step: number, length: number] | null} */
    this.shown = null;
    this.play = make("button", { type: "button", className: "ol-button ol-play" });
    const scrub = make("input", {
      type: "range",
      min: 0,
      step: 1,
      className: "ol-slider",
      id: `${lab.name}-step`,
    });
    this.scrub = lab.undoScroll(scrub);
    scrub.setAttribute("aria-label", this.curve ? `Cursor along ${lab.spec.x}` : "Step");
    this.text = make("output", { className: "ol-step" });
    this.text.htmlFor.value = scrub.id;
    scrub.addEventListener("input", () => {
      this.stop();
      lab.goTo(Number(scrub.value));
    });
    this.play.addEventListener("click", () => (this.frame ? this.stop() : this.start()));
    this.showPlaying();
    this.row = make("div", { className: "ol-player" }, this.play, scrub, this.text);
  }

  /** Show the lab's step. */
  show() {
    const { scrub, text, shown } = this;
    const { step, view, spec } = this.lab;
    if (shown?.[0] === step && shown[1] === view.length) return;
    this.shown = [step, view.length];
    scrub.max = String(view.length);
    scrub.value = String(step);
    const cursor = this.curve && /** @type {CurveView} */ (view).xs[step];
    text.textContent = cursor === false ? `step ${step}` : `${spec.x} = ${short(cursor)}`;
    scrub.setAttribute("aria-valuetext", text.textContent);
  }

  showPlaying() {
    this.play.textContent = this.frame ? "❚❚" : "▶";
    this.play.setAttribute("aria-label", this.frame ? "Pause" : "Play");
  }

  start() {
    const { lab } = this;
    const { length } = lab.view;
    if (lab.step >= length) lab.goTo(0);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      lab.goTo(Math.min(length, lab.step + Math.max(1, Math.round(length / 10)))); // one leap a press
      return;
    }
    let last = performance.now();
    let at = lab.step;
    const tick = (/** @type {number} */ now) => {
      const { length } = lab.view; // a slider may change it
      at += (Math.max(0, now - last) / 1000) * Math.max(6, length / 6); // at most six seconds for the whole
      last = now;
      lab.goTo(Math.floor(at));
      if (lab.step >= length) this.stop();
      else this.frame = requestAnimationFrame(tick);
    };
    this.frame = requestAnimationFrame(tick);
    this.showPlaying();
  }

  stop() {
    if (!this.frame) return;
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.showPlaying();
    this.lab.later();
  }
}
