// Lines, marks and arrows, as the texts of SVG shapes.

import { put, shape, svg, tenths } from "./dom.js";

/** @import { Style } from "../types.js" */

/**
 * A line through points in pieces, each as the text of an SVG polyline, and the points that have no neighbour, as the text of a path.
 * What is no number, or too far away to draw, interrupts the line; what follows within half a pixel is left out, as are most steps of a
 * run that has arrived.
 *
 * @param {ArrayLike<number>} xs
 * @param {ArrayLike<number>} ys
 */
function piecesOf(xs, ys) {
  const pieces = [];
  const n = xs.length;
  let piece = "";
  let alone = "";
  let count = 0;
  let a = 0;
  let b = 0;
  for (let i = 0; i <= n; i++) {
    const x = i < n ? xs[i] : NaN;
    const y = i < n ? ys[i] : NaN;
    if (near(x, y)) {
      if (count && Math.abs(x - a) + Math.abs(y - b) < 0.5) continue;
      piece += point(x, y);
      count++;
      a = x;
      b = y;
    } else {
      if (count > 1) pieces.push(piece);
      else if (count) alone += dot(a, b);
      piece = "";
      count = 0;
    }
  }
  return { pieces, alone };
}

/** @type {(x: number, y: number) => boolean} */
const near = (x, y) => Math.abs(x) < 2e4 && Math.abs(y) < 2e4;

/** @type {(x: number, y: number) => string} */
export const point = (x, y) => ` ${tenths(x)} ${tenths(y)}`;

/** @type {(x: number, y: number) => string} */
const dot = (x, y) => `M${point(x, y)}h0`;

/**
 * A line through points, as a path.
 *
 * @param {string} name
 * @param {ArrayLike<number>} xs
 * @param {ArrayLike<number>} ys
 */
export function curve(name, xs, ys) {
  return shape(
    name,
    piecesOf(xs, ys)
      .pieces.map((piece) => `M${piece}`)
      .join(""),
  );
}

/**
 * The corners, turn and size of each mark, by matplotlib's name for it; any other is a circle.
 *
 * @type {Record<string, [corners: number, turn: number, size: number]>}
 */
const MARKS = {
  s: [4, Math.PI / 4, 1.25],
  "^": [3, -Math.PI / 2, 1.2],
  v: [3, Math.PI / 2, 1.2],
  D: [4, 0, 1.2],
  P: [6, 0, 1.15],
};

/**
 * The mark at the end of a line, round the point (x, y), as the text of an SVG polygon.
 *
 * @param {string | undefined} marker
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
export function markOf(marker, x, y, r) {
  if (!near(x, y)) return "";
  const [corners, turn, size] = MARKS[marker ?? "o"] ?? [24, 0, 1];
  let points = "";
  for (let k = 0; k < corners; k++) {
    const angle = turn + (2 * Math.PI * k) / corners;
    points += point(x + r * size * Math.cos(angle), y + r * size * Math.sin(angle));
  }
  return points;
}

/**
 * An arrow as the text of an SVG path.
 *
 * @param {number} x0
 * @param {number} y0
 * @param {number} x1
 * @param {number} y1
 */
export function arrowOf(x0, y0, x1, y1) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (!(length > 1 && length < 1e4)) return "";
  const a = Math.atan2(y1 - y0, x1 - x0);
  const head = Math.min(9, length * 0.6);
  const side = (/** @type {number} */ turn) =>
    point(x1 - head * Math.cos(a + turn), y1 - head * Math.sin(a + turn));
  const tip = point(x1, y1);
  return `M${point(x0, y0)}${tip}M${side(-0.45)}${tip}${side(0.45)}`;
}

/**
 * The moving lines of a panel: for each run a group of shapes. Polylines and polygons, since the browser resolves the styles of a path
 * anew whenever its text changes.
 */
export class Lines {
  constructor() {
    this.svg = svg("svg", { class: "ol-lines" });
    /** @type {ReturnType<Lines["make"]>[]} */
    this.runs = [];
    /** @type {Set<number>} */
    this.drawn = new Set();
  }

  /** Begin a drawing. */
  begin() {
    this.drawn.clear();
  }

  /**
   * Draw run r as a line through points in pixels, with a mark at point `at`, and a dot at each of them if `dotted`.
   *
   * @param {number} r
   * @param {Style} style
   * @param {{ xs: Float64Array, ys: Float64Array, at: number, size?: number, dotted?: boolean }} line
   */
  draw(r, style, { xs, ys, at, size = 5.5, dotted = false }) {
    this.runs[r] ??= this.make(style);
    const run = this.runs[r];
    const { pieces, alone } = piecesOf(xs, ys);
    while (run.pieces.length < pieces.length) {
      run.pieces.push(run.lines.appendChild(svg("polyline", { class: "ol-line" })));
    }
    for (let k = 0; k < run.pieces.length; k++) put(run.pieces[k], { points: pieces[k] ?? "" });
    let dots = alone;
    if (dotted) for (let i = 1; i < xs.length - 1; i++) if (near(xs[i], ys[i])) dots += dot(xs[i], ys[i]);
    put(run.dots, { d: dots });
    put(run.mark, { points: at >= 0 && at < xs.length ? markOf(style.marker, xs[at], ys[at], size) : "" });
    this.drawn.add(r);
  }

  /**
   * Add a path to the drawing of run r; it keeps one of each name.
   *
   * @param {number} r
   * @param {string} name
   * @param {string} d
   */
  add(r, name, d) {
    const { group, added } = this.runs[r];
    added[name] ??= group.appendChild(shape(name));
    put(added[name], { d });
  }

  /** Finish a drawing: what was not drawn is not seen. */
  end() {
    this.runs.forEach(({ group }, r) => {
      put(group, { display: this.drawn.has(r) ? "inline" : "none" });
    });
  }

  /** @param {Style} style */
  make({ color, dark, dash = [] }) {
    const lines = svg("g", { "stroke-dasharray": dash.map(tenths).join(" ") });
    const dots = shape("dots");
    const mark = svg("polygon", { class: "ol-mark" });
    const group = svg("g", { class: "ol-run", style: `--light:${color};--dark:${dark}` }, lines, dots, mark);
    this.svg.append(group);
    /** @type {SVGPolylineElement[]} */
    const pieces = [];
    /** @type {Record<string, SVGPathElement>} */
    const added = {};
    return { group, lines, pieces, dots, mark, added };
  }
}
