// Drawing, in SVG: the browser paints it beside the page's own thread, and prints it sharp. Colours and widths are in lab.css.
// Inside a panel lengths are in tenths of a pixel, where the reader's text has its usual size: whole numbers become text ten times faster
// than others.

const tenths = (x) => Math.round(10 * x);

const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

const svg = (tag, attributes = {}, ...children) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  put(element, attributes);
  element.append(...children);
  return element;
};

/** Set attributes, but not those that are as wanted: each one set has the page painted anew. */
function put(element, attributes) {
  for (const name in attributes) {
    const value = String(attributes[name]);
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }
}

const shape = (name, d = "") => svg("path", { class: `ol-${name}`, d });

const words = (text, x, y, anchor, name = "words") => svg("text", { class: `ol-${name}`, x: tenths(x), y: tenths(y), "text-anchor": anchor }, text);

/** Where the box {left, top, right, bottom} of a panel lies, as attributes. */
const area = ({ left, top, right, bottom }) => ({ x: tenths(left), y: tenths(top), width: tenths(right - left), height: tenths(bottom - top) });

/** Attributes of an <svg> within a panel that cuts off what is outside a box, and measures as the panel does. */
const cut = (box) => ({ ...area(box), viewBox: Object.values(area(box)).join(" ") });

/** A number, short. */
function short(x, digits = 3) {
  if (x === 0) return "0";
  const size = Math.abs(x);
  if (size >= 1e5 || size <= 1e-3) return x.toExponential(digits - 1).replace(/\.?0+e/, "e").replace("e+", "e").replace("-", "−").replace("e-", "e−");
  return String(Number(x.toPrecision(digits))).replace("-", "−");
}

/** From values to pixels along one axis. */
function scale(low, high, from, to, log = false) {
  const a = log ? Math.log10(low) : low, b = log ? Math.log10(high) : high, slope = (to - from) / (b - a || 1);
  const map = log ? (x) => from + (Math.log10(x) - a) * slope : (x) => from + (x - a) * slope;
  /** The same for n values of an array, every `stride`-th from the first on. */
  map.all = (values, n = values.length, first = 0, stride = 1) => {
    const pixels = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const x = values[first + i * stride];
      pixels[i] = from + ((log ? Math.log10(x) : x) - a) * slope;
    }
    return pixels;
  };
  map.invert = (p) => (log ? 10 ** (a + (p - from) / slope) : a + (p - from) / slope);
  return Object.assign(map, { low, high, log });
}

/** Round values for the ticks of an axis. */
function ticks({ low, high, log, complement }, count) {
  if (complement) return [0, 0.5, 0.9, 0.99, 0.999, 0.9999].filter((t) => t >= low && t <= high);
  if (log) {
    const first = Math.ceil(Math.log10(low) - 1e-9), last = Math.floor(Math.log10(high) + 1e-9);
    const powers = last - first + 1, every = Math.max(1, Math.min(Math.ceil(powers / count), Math.floor(powers / 3))); // three at least, if there are
    const out = powers > 2
      ? d3.range(first, last + 1, every).map((e) => Number(`1e${e}`))
      : d3.range(first - 1, last + 1).flatMap((e) => [1, 2, 5].map((m) => Number(`${m}e${e}`))).filter((t) => t >= low && t <= high);
    if (out.length > 2) return out;
  }
  return d3.ticks(low, high, count);
}

/** The numbers of an axis, all written in one way: even ones with the same decimals, or with the same power of ten where that is shorter. */
function numerals(values) {
  const steps = d3.pairs(values, (a, b) => b - a), step = steps[0], sizes = values.map(Math.abs), size = d3.max(sizes), least = d3.min(sizes, (v) => v || Infinity);
  const place = (x) => Math.floor(Math.log10(x) + 1e-9), proper = (text) => text.replace("e+", "e").replaceAll("-", "−");
  if (!steps.length || d3.max(steps) - d3.min(steps) > 1e-6 * step) {
    return values.map((v) => proper(size >= 1e5 || least < 1e-3 ? v.toExponential() : String(v)));
  }
  const e = size >= 1e5 || step < 1e-4 ? place(size) : 0, decimals = Math.max(0, e - place(step));
  return values.map((v) => proper((v / 10 ** e).toFixed(decimals) + (e ? `e${e}` : "")));
}

/** Where an axis has ticks, in pixels, and the number at each. */
function numbered(axis, count) {
  const at = ticks(axis, count), texts = numerals(at);
  return at.map((t, k) => [Math.round(axis(t)) + 0.5, texts[k]]);
}

/** The horizontal axis of a box: at each tick a number, and a line if there is a grid; and the axis's name. */
function axisX(box, x, name, grid = true) {
  const at = numbered(x, Math.max(2, (box.right - box.left) / 90));
  let free = -Infinity;
  const number = ([p, text]) => {
    const half = 3.8 * text.length, middle = Math.min(p, box.right + 12 - half); // not beyond the panel
    if (middle - half < free) return []; // nor over the one before
    free = middle + half + 4;
    return [words(text, middle, box.bottom + 16, "middle")];
  };
  return [
    shape("grid", grid ? at.map(([p]) => `M${tenths(p)} ${tenths(box.top)}V${tenths(box.bottom)}`).join("") : ""),
    ...at.flatMap(number),
    words(name, box.right, box.bottom + 31, "end"),
  ];
}

/** The vertical axis of a box, likewise. */
function axisY(box, y, name, grid = true) {
  const at = numbered(y, Math.max(2, (box.bottom - box.top) / 45));
  return [
    shape("grid", grid ? at.map(([p]) => `M${tenths(box.left)} ${tenths(p)}H${tenths(box.right)}`).join("") : ""),
    ...at.map(([p, text]) => words(text, box.left - 6, p + 4, "end")),
    words(name, Math.max(2, Math.min(box.left, box.right + 12 - 6.3 * name.length)), box.top - 7, "start"), // a long one begins further left
  ];
}

/**
 * A line through points in pieces, each as the text of an SVG polyline, and the points that have no neighbour, as the text of a path.
 * What is no number, or too far away to draw, interrupts the line; what follows within half a pixel is left out, as are most steps of a
 * run that has arrived.
 */
function piecesOf(xs, ys) {
  const pieces = [], n = xs.length;
  let piece = "", alone = "", count = 0, a = 0, b = 0;
  for (let i = 0; i <= n; i++) {
    const x = i < n ? xs[i] : NaN, y = i < n ? ys[i] : NaN;
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

const near = (x, y) => Math.abs(x) < 2e4 && Math.abs(y) < 2e4;

const point = (x, y) => ` ${tenths(x)} ${tenths(y)}`;

const dot = (x, y) => `M${point(x, y)}h0`;

/** A line through points, as a path. */
const curve = (name, xs, ys) => shape(name, piecesOf(xs, ys).pieces.map((piece) => `M${piece}`).join(""));

/** The mark at the end of a line, round the point (x, y), as the text of an SVG polygon. */
function markOf(marker, x, y, r) {
  if (!near(x, y)) return "";
  const [corners, turn, size] = { s: [4, Math.PI / 4, 1.25], "^": [3, -Math.PI / 2, 1.2], v: [3, Math.PI / 2, 1.2], D: [4, 0, 1.2], P: [6, 0, 1.15] }[marker] ?? [24, 0, 1];
  let points = "";
  for (let k = 0; k < corners; k++) {
    const angle = turn + (2 * Math.PI * k) / corners;
    points += point(x + r * size * Math.cos(angle), y + r * size * Math.sin(angle));
  }
  return points;
}

/**
 * The moving lines of a panel: for each run a group of shapes. Polylines and polygons, since the browser resolves the styles of a path
 * anew whenever its text changes.
 */
class Lines {
  constructor() {
    this.svg = svg("svg", { class: "ol-lines" });
    this.runs = [];
  }

  /** Begin a drawing. */
  begin() {
    this.drawn = new Set();
  }

  /** Draw run r as a line through points in pixels, with a mark at point `at`, and a dot at each of them if `dotted`. */
  draw(r, style, { xs, ys, at, size = 5.5, dotted = false }) {
    const run = (this.runs[r] ??= this.make(style)), { pieces, alone } = piecesOf(xs, ys);
    while (run.pieces.length < pieces.length) run.pieces.push(run.lines.appendChild(svg("polyline", { class: "ol-line" })));
    for (let k = 0; k < run.pieces.length; k++) put(run.pieces[k], { points: pieces[k] ?? "" });
    let dots = alone;
    if (dotted) for (let i = 1; i < xs.length - 1; i++) if (near(xs[i], ys[i])) dots += dot(xs[i], ys[i]);
    put(run.dots, { d: dots });
    put(run.mark, { points: at >= 0 && at < xs.length ? markOf(style.marker, xs[at], ys[at], size) : "" });
    this.drawn.add(r);
  }

  /** Add a path to the drawing of run r; it keeps one of each name. */
  add(r, name, d) {
    const { group, added } = this.runs[r];
    if (!added[name]) group.append((added[name] = shape(name)));
    put(added[name], { d });
  }

  /** Finish a drawing: what was not drawn is not seen. */
  end() {
    this.runs.forEach(({ group }, r) => put(group, { display: this.drawn.has(r) ? "inline" : "none" }));
  }

  make({ color, dark, dash }) {
    const lines = svg("g", { "stroke-dasharray": (dash ?? []).map(tenths).join(" ") }), dots = shape("dots"), mark = svg("polygon", { class: "ol-mark" });
    const group = svg("g", { class: "ol-run", style: `--light:${color};--dark:${dark}` }, lines, dots, mark);
    this.svg.append(group);
    return { group, lines, pieces: [], dots, mark, added: {} };
  }
}

/** An arrow as the text of an SVG path. */
function arrowOf(x0, y0, x1, y1) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (!(length > 1 && length < 1e4)) return "";
  const a = Math.atan2(y1 - y0, x1 - x0), head = Math.min(9, length * 0.6);
  const side = (turn) => point(x1 - head * Math.cos(a + turn), y1 - head * Math.sin(a + turn)), tip = point(x1, y1);
  return `M${point(x0, y0)}${tip}M${side(-0.45)}${tip}${side(0.45)}`;
}

/**
 * Filled contours of a landscape, in even steps of the logarithm above its least value; if `coarse`, from a quarter of the points. The
 * points go on beyond the box, where the contours are cut off: at the edge of what is known d3 would close them.
 */
function contoursOf(landscape, settings, box, coarse) {
  const [[x0, x1], [y0, y1]] = landscape.domain, [nx, ny] = coarse ? [48, 36] : [96, 72];
  const [columns, rows] = [nx + 3, ny + 3], values = new Float64Array(columns * rows);
  let low = Infinity, high = -Infinity; // within the box, so that the levels are the same for coarse and fine
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      const value = landscape.f(settings, x0 + ((x1 - x0) * (i - 1)) / nx, y1 - ((y1 - y0) * (j - 1)) / ny);
      values[j * columns + i] = value;
      if (i < 1 || j < 1 || i > nx + 1 || j > ny + 1) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  const top = Math.log1p(high - low), n = 18, thresholds = d3.range(0, n).map((k) => low + Math.expm1((top * k) / n));
  const sx = (box.right - box.left) / nx, sy = (box.bottom - box.top) / ny;
  const ringOf = (ring) => `M${ring.map(([x, y]) => point(box.left + (x - 1.5) * sx, box.top + (y - 1.5) * sy)).join("")}Z`;
  const contours = d3.contours().size([columns, rows]).thresholds(thresholds)(values).map(({ coordinates }, k) => {
    const contour = shape("contour", coordinates.flat().map(ringOf).join(""));
    contour.style.setProperty("--height", `${(100 * k) / (n - 1)}%`);
    return contour;
  });
  return [svg("svg", cut(box), ...contours), svg("rect", { class: "ol-frame", ...area(box) })];
}

function starAt(x, y) {
  const corner = (k) => {
    const a = -Math.PI / 2 + (k * Math.PI) / 5, r = k % 2 ? 3 : 7.5;
    return point(x + r * Math.cos(a), y + r * Math.sin(a));
  };
  return svg("polygon", { class: "ol-star", points: d3.range(10).map(corner).join("") });
}

/** Round bounds of what is to be drawn: of finite numbers no larger than a cap, and of positive ones on a logarithmic axis. */
function extent(series, log, cap = Number.MAX_VALUE) {
  let low = Infinity, high = -Infinity;
  for (const values of series) {
    for (let i = 0; i < values.length; i++) {
      const v = values[i];
      if (!(Math.abs(v) <= cap) || (log && v <= 0)) continue;
      if (v < low) low = v;
      if (v > high) high = v;
    }
  }
  if (low > high) return log ? [0.1, 10] : [-1, 1];
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (high - low <= 1e-3 * size) return log ? [low / 3, high * 3] : [low - (size || 1) / 2, high + (size || 1) / 2]; // as good as constant
  if (log) {
    // In leaps that grow with the span, so that the axis stands still while a slider moves: to draw it anew costs more than all lines.
    const [a, b] = [Math.log10(low), Math.log10(high)], leap = [[2, 0.5], [6, 2]].find(([span]) => b - a <= span)?.[1] ?? 10;
    return [10 ** (leap * Math.floor(a / leap)), 10 ** (leap * Math.ceil(b / leap))];
  }
  const pad = (high - low) * 0.04;
  return d3.nice(low - pad, high + pad, 6);
}
