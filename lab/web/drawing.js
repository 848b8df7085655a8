// Drawing on a canvas: axes, lines and contours.

const INK = {
  light: { paper: "#ffffff", text: "#3d4752", faint: "#d5dce4", line: "#98a4b3", low: [232, 240, 250], high: [255, 255, 255], contour: "rgba(70,105,150,.38)", star: "#a87900", momentum: "#0050a8", descent: "#a64b00" },
  dark: { paper: "#14181d", text: "#c3ccd6", faint: "#333c47", line: "#7b8794", low: [22, 34, 50], high: [34, 46, 62], contour: "rgba(150,185,230,.30)", star: "#ffd24d", momentum: "#6ab0ff", descent: "#ffb35c" },
};
const FONT = "12px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";

/** A canvas fitted to a size and to the screen's resolution; null while it is not laid out. */
function fit(canvas, width, height) {
  const dpr = Math.min(window.devicePixelRatio || 1, 2);
  if (!width || !height) return null;
  if (canvas.width !== Math.round(width * dpr) || canvas.height !== Math.round(height * dpr)) {
    canvas.width = Math.round(width * dpr);
    canvas.height = Math.round(height * dpr);
  }
  const ctx = canvas.getContext("2d");
  ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
  return { ctx, width, height };
}

/** A number, short. */
function short(x, digits = 3) {
  if (x === 0) return "0";
  const size = Math.abs(x);
  if (size >= 1e5 || size <= 1e-3) return x.toExponential(digits - 1).replace(/\.?0+e/, "e").replace("e+", "e").replace("-", "−").replace("e-", "e−");
  return String(Number(x.toPrecision(digits))).replace("-", "−");
}

/** From values to pixels along one axis. */
function scale(low, high, from, to, log = false) {
  const f = log ? Math.log10 : (x) => x, a = f(low), span = f(high) - a || 1;
  const map = (x) => from + ((f(x) - a) / span) * (to - from);
  map.invert = (p) => {
    const x = a + ((p - from) / (to - from)) * span;
    return log ? 10 ** x : x;
  };
  return Object.assign(map, { low, high, log });
}

/** Round values for the ticks of an axis. */
function ticks({ low, high, log, complement }, count) {
  if (complement) return [0, 0.5, 0.9, 0.99, 0.999, 0.9999].filter((t) => t >= low && t <= high);
  if (log) {
    const first = Math.ceil(Math.log10(low) - 1e-9), last = Math.floor(Math.log10(high) + 1e-9);
    const every = Math.max(1, Math.ceil((last - first + 1) / count)), out = [];
    for (let e = first; e <= last; e += every) out.push(10 ** e);
    if (out.length > 1) return out;
  }
  return d3.ticks(low, high, count);
}

/** Axes with ticks and labels round the box {left, top, right, bottom}. */
function drawAxes(ctx, ink, box, x, y, { xLabel = "", yLabel = "" } = {}) {
  ctx.font = FONT;
  ctx.lineWidth = 1;
  ctx.fillStyle = ink.text;
  ctx.strokeStyle = ink.faint;
  ctx.textBaseline = "top";
  ctx.textAlign = "center";
  ctx.beginPath();
  for (const t of ticks(x, Math.max(2, (box.right - box.left) / 90))) {
    const p = Math.round(x(t)) + 0.5;
    ctx.moveTo(p, box.top);
    ctx.lineTo(p, box.bottom);
    const text = short(t), half = ctx.measureText(text).width / 2;
    ctx.fillText(text, Math.min(p, box.right + 12 - half), box.bottom + 5); // not beyond the canvas
  }
  ctx.textAlign = "right";
  ctx.textBaseline = "middle";
  for (const t of ticks(y, Math.max(2, (box.bottom - box.top) / 45))) {
    const p = Math.round(y(t)) + 0.5;
    ctx.moveTo(box.left, p);
    ctx.lineTo(box.right, p);
    ctx.fillText(short(t), box.left - 6, p);
  }
  ctx.stroke();
  ctx.textBaseline = "bottom";
  ctx.textAlign = "left";
  ctx.fillText(yLabel, box.left, box.top - 4);
  ctx.textAlign = "right";
  ctx.textBaseline = "top";
  ctx.fillText(xLabel, box.right, box.bottom + 20);
}

/** A line through n points, on a canvas. */
function drawLine(ctx, n, px, py) {
  ctx.beginPath();
  for (let i = 0; i < n; i++) ctx[i ? "lineTo" : "moveTo"](px(i), py(i));
  ctx.stroke();
}

/**
 * A line through n points as the text of an SVG path, and apart from it the points that have no neighbour. What is no number, or too
 * far away to draw, interrupts the line; what follows within half a pixel is left out, as are most steps of a path that has arrived.
 */
function pathOf(n, px, py) {
  let line = "", alone = "", run = 0, a = 0, b = 0;
  for (let i = 0; i <= n; i++) {
    const x = i < n ? px(i) : NaN, y = i < n ? py(i) : NaN;
    if (Math.abs(x) < 2e4 && Math.abs(y) < 2e4) {
      if (run && Math.abs(x - a) + Math.abs(y - b) < 0.5) continue;
      line += (run++ ? "L" : "M") + tenths(x) + " " + tenths(y);
      a = x;
      b = y;
    } else {
      if (run === 1) alone += dot(a, b);
      run = 0;
    }
  }
  return { line, alone };
}

/** Paths are measured in tenths of a pixel: whole numbers become text ten times faster than others. */
const tenths = (x) => Math.round(10 * x);

const dot = (x, y) => `M${tenths(x)} ${tenths(y)}h0`;

/** The mark at the end of a line, round the point (x, y), as the text of an SVG path. */
function markOf(marker, x, y, r) {
  if (!(Math.abs(x) < 2e4 && Math.abs(y) < 2e4)) return "";
  const [corners, turn, size] = { s: [4, Math.PI / 4, 1.25], "^": [3, -Math.PI / 2, 1.2], v: [3, Math.PI / 2, 1.2], D: [4, 0, 1.2], P: [6, 0, 1.15] }[marker] ?? [24, 0, 1];
  const points = d3.range(corners).map((k) => {
    const angle = turn + (2 * Math.PI * k) / corners;
    return `${tenths(x + r * size * Math.cos(angle))} ${tenths(y + r * size * Math.sin(angle))}`;
  });
  return `M${points.join("L")}Z`;
}

const svg = (tag) => document.createElementNS("http://www.w3.org/2000/svg", tag);

/** Set attributes, but not those that are as wanted: each one set has the page painted anew. */
function put(element, attributes) {
  for (const name in attributes) {
    const value = String(attributes[name]);
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }
}

/** The moving lines of a panel, in SVG: the browser paints it beside the page's own thread, and prints it sharp. */
class Lines {
  constructor(box) {
    this.svg = svg("svg");
    put(this.svg, { class: "ol-lines", "aria-hidden": "true" });
    box.append(this.svg);
    this.runs = [];
  }

  /** Begin a drawing, of which only the part in this box of the panel is seen. */
  begin({ left, top, right, bottom }) {
    const width = right - left, height = bottom - top;
    put(this.svg, { viewBox: [left, top, width, height].map(tenths).join(" "), style: `left:${left}px;top:${top}px;width:${width}px;height:${height}px` });
    this.drawn = new Set();
  }

  /** Draw line r through n points, with a mark at point `at`, and a dot at each of them if `dotted`. */
  draw(r, style, { dark, paper, n, px, py, at, size = 5.5, dotted = false }) {
    const { line, dots, mark } = (this.runs[r] ??= this.make()), path = pathOf(n, px, py), color = dark ? style.dark : style.color;
    let points = path.alone;
    if (dotted) for (let i = 1; i < n - 1; i++) if (Math.abs(px(i)) < 2e4 && Math.abs(py(i)) < 2e4) points += dot(px(i), py(i));
    put(line, { d: path.line, stroke: color, "stroke-dasharray": (style.dash ?? []).map(tenths).join(" ") });
    put(dots, { d: points, stroke: color });
    put(mark, { d: at >= 0 && at < n ? markOf(style.marker, px(at), py(at), size) : "", fill: color, stroke: paper });
    this.drawn.add(r);
  }

  /** Finish a drawing: what was not drawn is not seen. */
  end() {
    this.runs.forEach(({ group }, r) => put(group, { display: this.drawn.has(r) ? "inline" : "none" }));
  }

  make() {
    const group = svg("g"), [line, dots, mark] = ["line", "dots", "mark"].map((name) => {
      const path = svg("path");
      put(path, { class: `ol-${name}` });
      group.append(path);
      return path;
    });
    this.svg.append(group);
    return { group, line, dots, mark };
  }
}

function drawArrow(ctx, x0, y0, x1, y1) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (!(length > 1 && length < 1e4)) return;
  const a = Math.atan2(y1 - y0, x1 - x0), head = Math.min(9, length * 0.6);
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.moveTo(x1 - head * Math.cos(a - 0.45), y1 - head * Math.sin(a - 0.45));
  ctx.lineTo(x1, y1);
  ctx.lineTo(x1 - head * Math.cos(a + 0.45), y1 - head * Math.sin(a + 0.45));
  ctx.stroke();
}

/** Filled contours of a landscape, in even steps of the logarithm above its least value. */
function drawContours(ctx, ink, landscape, settings, box) {
  const [[x0, x1], [y0, y1]] = landscape.domain;
  const columns = 121, rows = 91, values = new Float64Array(columns * rows);
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      values[j * columns + i] = landscape.f(settings, x0 + ((x1 - x0) * (i + 0.5)) / columns, y1 - ((y1 - y0) * (j + 0.5)) / rows);
    }
  }
  const low = d3.min(values), top = Math.log1p(d3.max(values) - low), n = 18;
  const thresholds = d3.range(0, n).map((k) => low + Math.expm1((top * k) / n));
  const sx = (box.right - box.left) / columns, sy = (box.bottom - box.top) / rows;
  ctx.lineWidth = 0.8;
  ctx.strokeStyle = ink.contour;
  d3.contours().size([columns, rows]).thresholds(thresholds)(values).forEach((contour, k) => {
    const t = k / (n - 1);
    ctx.fillStyle = `rgb(${ink.low.map((c, j) => Math.round(c + (ink.high[j] - c) * t))})`;
    ctx.beginPath();
    for (const part of contour.coordinates) {
      for (const ring of part) {
        ring.forEach(([x, y], p) => ctx[p ? "lineTo" : "moveTo"](box.left + x * sx, box.top + y * sy));
        ctx.closePath();
      }
    }
    ctx.fill();
    ctx.stroke();
  });
}

function drawStar(ctx, ink, x, y) {
  ctx.setLineDash([]);
  ctx.fillStyle = ink.star;
  ctx.beginPath();
  for (let k = 0; k < 10; k++) {
    const a = -Math.PI / 2 + (k * Math.PI) / 5, r = k % 2 ? 3 : 7.5;
    ctx[k ? "lineTo" : "moveTo"](x + r * Math.cos(a), y + r * Math.sin(a));
  }
  ctx.fill();
}

/** Round bounds of what is to be drawn: of finite numbers, and of positive ones on a logarithmic axis. */
function extent(series, log) {
  let low = Infinity, high = -Infinity;
  for (const values of series) {
    for (const v of values) {
      if (!Number.isFinite(v) || (log && v <= 0)) continue;
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
