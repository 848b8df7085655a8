// The experiments themselves: the same as lab/descent.py, lab/noise.py and lab/signals.py, number for number.

const BOUND = 1e150; // a gradient beyond this has left: its square is about to leave the range of a float

/** The n-th random integer below 2^32 of a seed. */
function hashed(seed, n) {
  let h = (n + Math.imul(seed, 0x9e3779b1)) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The mean of m draws with mean 0 and variance 1, for coordinate k of a gradient of `dimensions` at a step. */
function batchNoise(seed, step, dimensions, k, m) {
  let total = 0;
  for (let j = 0; j < m; j++) total += hashed(seed, (step * dimensions + k) * m + j);
  return (total / (m * 4294967296) - 0.5) * Math.sqrt(12);
}

/** A function or rule that Python has written: its number in the page's own script, or, in a live notebook, its text. */
function written(code) {
  return typeof code === "number" ? globalThis.optimizerLabCode[code] : new Function(`return ${code}`)();
}

/** The rule of a run: the book's own, or the one that came with the page. */
function ruleOf(run) {
  if (run.frozen) return null;
  return (run.compiled ??= run.code === undefined ? RULES[run.rule] : written(run.code));
}

/** The hyperparameters of a run under the present settings. */
function hyperOf(run, settings) {
  const h = {};
  for (const name in run.hyper) h[name] = run.fixed[name] ?? settings[name] ?? run.hyper[name];
  if ("lr" in h) h.lr *= settings.factor ?? 1;
  return h;
}

function allFinite(values) {
  for (let k = 0; k < values.length; k++) if (!Number.isFinite(values[k])) return false;
  return true;
}

/**
 * Let a run descend a landscape: {w, d, n, left, loss, states}, where w holds the coordinates of steps 0 to n - 1 one after
 * the other, left is the step at which the run left the range of floats, or -1, and states is the rule's state for each coordinate at the end.
 */
function descend(run, landscape, settings) {
  const { steps, start, noise, m, seed } = settings;
  const d = start.length, w = new Float64Array(d * (steps + 1));
  const rule = ruleOf(run), h = hyperOf(run, settings);
  const step = rule.stepper(h), ahead = rule.lookahead?.(h);
  const states = start.map(() => rule.start(h)), now = [...start], at = [...start];
  w.set(now);
  let n = 1, left = -1;
  for (let i = 1; i <= steps; i++) {
    for (let k = 0; k < d; k++) at[k] = ahead ? ahead(states[k], now[k]) : now[k];
    const g = d === 1 ? landscape.grad(settings, at[0]) : landscape.grad(settings, at[0], at[1]);
    let fine = true;
    for (let k = 0; k < d; k++) {
      if (noise) g[k] += noise * batchNoise(seed, i, d, k, m);
      if (!(Math.abs(g[k]) < BOUND)) fine = false;
    }
    for (let k = 0; fine && k < d; k++) {
      const dw = step(states[k], g[k]);
      if (Number.isFinite(dw) && allFinite(states[k])) now[k] += dw;
      else fine = false;
    }
    if (!fine) {
      left = i;
      break;
    }
    for (let k = 0; k < d; k++) w[d * n + k] = now[k];
    n++;
  }
  return { w, d, n, left, loss: losses(landscape, settings, w, d, n), states };
}

function losses(landscape, settings, w, d, n) {
  const loss = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    loss[i] = d === 1 ? landscape.f(settings, w[i]) : landscape.f(settings, w[2 * i], w[2 * i + 1]);
  }
  return loss;
}

/** The gradients of steps 1 to `steps`. */
function gradients(signal, settings) {
  const g = new Float64Array(settings.steps), at = { ...settings, i: 0, u: 0 };
  for (let i = 1; i <= settings.steps; i++) {
    at.i = i;
    if (signal.random) at.u = batchNoise(settings.seed, i, 1, 0, 1);
    g[i - 1] = signal.at(at);
  }
  return g;
}

/** What a run does with gradients: {dw, and each state by name}, each value after the step; cut short where it overflows. */
function respond(run, g, settings) {
  const rule = ruleOf(run), h = hyperOf(run, settings), step = rule.stepper(h), q = rule.start(h);
  const dws = new Float64Array(g.length), states = q.map(() => new Float64Array(g.length));
  let n = 0;
  for (; n < g.length; n++) {
    const dw = step(q, g[n]);
    if (!Number.isFinite(dw) || !allFinite(q)) break;
    dws[n] = dw;
    for (let k = 0; k < q.length; k++) states[k][n] = q[k];
  }
  const records = { dw: dws.subarray(0, n) };
  rule.state.forEach((name, k) => (records[name] = states[k].subarray(0, n)));
  return records;
}
