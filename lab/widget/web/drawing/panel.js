// The box that all drawings are in.

import { cut, make, put, svg, tenths } from "./dom.js";
import { Lines } from "./lines.js";

/** @import { Box } from "../types.js" */

/** A box with two drawings: parts that stand still for a while, which the browser then need not paint, and above them lines that move. */
export class Panel {
  /**
   * @param {HTMLElement} stage
   * @param {string} name
   * @param {string} label
   * @param {{ margin?: Box, room?: number }} layout what the axes take, and what is left free beyond them for the marks at the ends of
   *   lines
   */
  constructor(stage, name, label, { margin = { left: 60, top: 20, right: 12, bottom: 38 }, room = 6 } = {}) {
    this.margin = margin;
    this.room = room;
    this.lines = new Lines();
    this.still = svg("svg", { class: "ol-drawing", role: "img", "aria-label": label });
    this.moving = svg("svg", { class: "ol-drawing ol-moving", "aria-hidden": "true" }, this.lines.svg);
    this.box = make("div", { className: `ol-panel ol-${name}` }, this.still, this.moving);
    /** @type {Record<string, { group: SVGGElement, key?: string }>} */
    this.parts = {};
    this.unit = 1;
    this.width = 0;
    this.height = 0;
    /**
     * The box within the axes, in pixels, or null while the panel is not laid out or has no room.
     *
     * @type {Box | null}
     */
    this.within = null;
    stage.append(this.box);
    this.measure();
  }

  /** Take the size from the page. Not at every drawing: after a change of the page's text that would lay it out anew. */
  measure() {
    this.unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16; // what is drawn grows with the reader's text
    this.width = this.box.clientWidth / this.unit;
    this.height = this.box.clientHeight / this.unit;
    const { width, height, margin, room } = this;
    const { left, top } = margin;
    const right = width - margin.right;
    const bottom = height - margin.bottom;
    this.within = right > left && bottom > top ? { left, top, right, bottom } : null;
    if (!this.within) return;
    for (const drawing of [this.still, this.moving])
      put(drawing, { viewBox: `0 0 ${tenths(width)} ${tenths(height)}` });
    put(
      this.lines.svg,
      cut({ left: left - room, top: top - room, right: right + room, bottom: bottom + room }),
    );
  }

  /**
   * Where in the panel something happens, in pixels.
   *
   * @param {MouseEvent} event
   */
  pixel({ clientX, clientY }) {
    const { left, top } = this.box.getBoundingClientRect();
    return [(clientX - left) / this.unit, (clientY - top) / this.unit];
  }

  /**
   * Draw a part of what stands still, unless it is there as it was drawn for the same key.
   *
   * @param {string} name
   * @param {unknown} key
   * @param {() => Node[]} build
   */
  once(name, key, build) {
    this.parts[name] ??= { group: this.still.appendChild(svg("g", { class: `ol-${name}` })) };
    const part = this.parts[name];
    const full = [key, this.width, this.height].join();
    if (full === part.key) return;
    part.key = full;
    part.group.replaceChildren(...build());
  }
}
