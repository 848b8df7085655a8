// What Python prints into generated.js: lab/widget/assets.py writes it before anything imports it.
import type { Landscape, Rule, Signal } from "../types.js";

export const RULES: Record<string, Rule>;
export const LANDSCAPES: Record<string, Landscape>;
export const SIGNALS: Record<string, Signal>;
