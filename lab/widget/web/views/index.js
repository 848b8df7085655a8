// The views by the names that Python gives them. A further one is a file beside these, with a class that is a `View` (types.d.ts), and a
// line here.

import { CurveView } from "./curve.js";
import { DescentView } from "./descent.js";
import { MapView } from "./map.js";
import { SignalView } from "./signal.js";

/** @import { View } from "../types.js" */
/** @import { OptimizerLab } from "../element/element.js" */

/** @type {Record<string, new (lab: OptimizerLab) => View>} */
export const VIEWS = {
  descent: DescentView,
  map: MapView,
  signal: SignalView,
  curve: CurveView,
};
