import type { NetworkSettings } from "../../environments/environment";
import { twoZones } from "../../environments/network";

/** A network of two zones with one way out. */
export const networkSettings: NetworkSettings = twoZones("us-east-1", "10.0", { natGateways: "single" });
