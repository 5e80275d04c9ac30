import { dev } from "../../environments/dev";
import { regionsBySystem } from "../../environments/systems";

/** Every system by name: what holds for all of them is tested for each that stands here. */
export const systems: readonly string[] = Object.keys(regionsBySystem(dev)).sort();
