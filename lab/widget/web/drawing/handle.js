// A point of a drawing that the reader moves.

import { make, put } from "./dom.js";

/** @import { Panel } from "./panel.js" */

/** The share of an axis that an arrow key moves, and the same with Shift. */
const NUDGE = 0.02;
const LEAP = 0.1;

/** @type {Record<string, [x: number, y: number]>} */
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/**
 * A button that is dragged, or moved with the arrow keys.
 *
 * @param {string} kind its classes
 * @param {Panel} panel where it is
 * @param {(x: number, y: number) => void} place take a place in the panel's pixels
 * @param {(dx: number, dy: number) => void} nudge move by shares of the axes
 */
export function dragHandle(kind, panel, place, nudge) {
  const button = make("button", { type: "button", className: kind });
  const drag = (/** @type {PointerEvent} */ event) => {
    const [x, y] = panel.pixel(event);
    place(x, y);
  };
  button.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    button.setPointerCapture(event.pointerId);
    button.addEventListener("pointermove", drag);
  });
  button.addEventListener("lostpointercapture", () => button.removeEventListener("pointermove", drag));
  button.addEventListener("keydown", (event) => {
    const way = WAYS[event.key];
    if (!way) return;
    event.preventDefault();
    const step = event.shiftKey ? LEAP : NUDGE;
    nudge(way[0] * step, way[1] * step);
  });
  return button;
}

/**
 * Bring a handle to a place in its panel's pixels, which grow with the reader's text.
 *
 * @param {HTMLElement} handle
 * @param {number} x
 * @param {number} y
 */
export function moveTo(handle, x, y) {
  put(handle, { style: `transform: translate(${x / 16}rem, ${y / 16}rem)` });
}
