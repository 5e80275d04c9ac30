import { dev } from "../../environments/dev";
import { regionsBySystem } from "../../environments/systems";

/** Every system by name: common behaviour is tested for each that is listed here. */
export const systems: readonly string[] = Object.keys(regionsBySystem(dev)).sort();
