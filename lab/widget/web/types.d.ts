// What goes from one module to another, for editors and `npm run types`. The data come from Python: `spec` of the views in lab/widget/ says
// what they mean.

/** The hyperparameters of a run, by name. */
export type Hyper = Record<string, number>;

/** Every setting of a lab, by name: numbers, and the start point. A curve's lab has its formulas' variables alone. */
export interface Settings {
  steps: number;
  start: number[];
  noise: number;
  m: number;
  seed: number;
  // biome-ignore lint/suspicious/noExplicitAny: all the others are numbers, which an index signature beside a list cannot say
  [name: string]: any;
}

/** An optimizer for one coordinate of w. */
export interface Rule {
  name: string;
  hyper: Hyper;
  state: string[];
  start(h: Hyper): number[];
  /** Moves the state on by a step, in place, and returns Δw. */
  stepper(h: Hyper): (state: number[], g: number) => number;
  lookahead: null | ((h: Hyper) => (state: number[], w: number) => number);
}

export type Interval = [low: number, high: number];

export interface Landscape {
  name: string;
  title: string;
  domain: Interval[];
  minima: number[][];
  start: number[];
  parameters: Record<string, number>;
  f(parameters: Settings, ...w: number[]): number;
  grad(parameters: Settings, ...w: number[]): number[];
}

export interface Signal {
  name: string;
  parameters: Record<string, number>;
  /** Whether it draws a random number u at each step. */
  random: boolean;
  at(values: Settings & { i: number; u: number }): number;
}

/** A function or rule that Python has written: its text, or its number among those in the page's own script. */
export type Code = string | number;

export type Formula = (values: Record<string, unknown>) => number;

export interface Style {
  color: string;
  dark: string;
  dash?: number[];
  marker?: string;
}

export interface Run extends Style {
  label: string;
  rule: string;
  fixed: Hyper;
  hyper: Hyper;
  /** A reader's own rule; without it the rule is the book's. */
  code?: Code;
  compiled?: Rule;
  /** Why the browser cannot compute it. */
  frozen?: string;
}

/** A path of n points, with d coordinates each, one after the other in w. */
export interface Descent {
  w: ArrayLike<number>;
  d: number;
  n: number;
  /** The step at which it left the range of floats, or -1. */
  left: number;
  loss: Float64Array;
}

/** What a rule did at each step: Δw as `dw`, and each state by name. */
export type Response = Record<string, Float64Array>;

export type Spacing = "linear" | "log" | "complement";

export interface Control {
  name: string;
  symbol: string;
  title: string;
  low: number;
  high: number;
  scale: Spacing;
  integer: boolean;
}

export interface PanelSpec {
  label: string;
  /** What is shown: the gradient "g", the "rate" |Δw/g|, or a record of the response; or else `code`, a formula in `names`. */
  record?: string;
  code?: Code;
  names: string[];
  references?: boolean;
}

export interface CurveSpec extends Style {
  label: string;
  code?: Code;
  points?: [number, number][];
}

/** What does not change in a lab; which of the fields it has depends on its view. */
export interface Spec {
  view: string;
  title: string;
  caption: string;
  controls: Control[];
  settings: Settings;
  computed?: Computed;
  runs: Run[];
  vectors?: boolean;
  landscape: string;
  axes: [Control, Control];
  boundaries: { label: string; code: Code }[];
  signal: string;
  panels: PanelSpec[];
  references: { label: string; code: Code }[];
  curves: CurveSpec[];
  x: string;
  domain: Interval;
  log: string;
}

/** What Python has computed of the runs that the browser cannot, by label: the path, or the responses. */
// biome-ignore lint/suspicious/noExplicitAny: each view knows what it gets
export type Computed = Record<string, any>;

/** A box of a panel, in pixels. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** The values along an axis, and where it has them. */
export interface Axis {
  (value: number): number;
  low: number;
  high: number;
  log?: boolean;
  complement?: boolean;
}

/** Values against a common axis. */
export interface Line {
  label: string;
  xs: ArrayLike<number>;
  ys: ArrayLike<number>;
}

/** The same for run r. */
export interface Series extends Omit<Line, "label"> {
  r: number;
  style: Style;
}

/** What a lab shows, and how: a class for each in views/. */
export interface View {
  panels: import("./drawing/panel.js").Panel[];
  /** The last step of the player. */
  length: number;
  compute(): void;
  draw(): void;
  /** What run r has come to at the lab's step, in words. */
  sentence(r: number): string;
  /** The same of all runs, in numbers. */
  table(): { head: string[]; rows: (string | number)[][] };
  /** What waits until the reader's hand rests. */
  settle?(): void;
  /** How often each run is computed, if more than once. */
  cells?: number;
  handle?: HTMLElement;
  inside?(point: number[]): number[];
}

/** The model of a widget in a live notebook, as anywidget hands it over. */
export interface Model {
  // biome-ignore lint/suspicious/noExplicitAny: traits of every type
  get(name: string): any;
  set(name: string, value: unknown): void;
  on(event: string, listener: () => void): void;
  save_changes(): void;
}

declare global {
  /** The functions that a page's labs bring along. */
  var optimizerLabCode: unknown[];
}
