import { Client } from "../client";
import { type Check, required, resources } from "./deployment";

/** Whether the requests whose names match were answered as they are locally. */
export const answeredAlike =
  (words: RegExp, what: string): Check =>
  async ({ behaviours }) => {
    const rows = behaviours.flatMap((each) => each.rows).filter(({ target }) => words.test(target.name));
    const [...asked] = required(rows, what);
    const wrong = asked.filter(({ problems }) => problems.length > 0);
    if (wrong.length > 0)
      throw new Error(wrong.map(({ target, problems }) => `${target.name}: ${problems.join("; ")}`).join("\n"));
    return `${asked.length} requests (${what}) were answered as they are locally`;
  };

/** The most that one may ask at once, of the plan that the key is in. */
const mostRequests = 1000;

/** Whether requests above a plan's rate and burst are throttled. */
export const throttles: Check = async (deployed) => {
  const [plan] = required(resources(deployed, "aws_api_gateway_usage_plan"), "usage plans");
  const { burst_limit: burst } = plan["throttle_settings"] as { burst_limit: number };
  const count = Math.min(mostRequests, burst * 2 + 100);
  const client = new Client(deployed.address, "throttles");
  await Promise.all(Array.from({ length: count }, () => client.step("asks too much", 429, deployed.refused)));
  const counted = client.steps.filter(({ observation }) => observation?.status === 429).length;
  if (counted === 0)
    throw new Error(`${count} requests at once must be too many for a burst of ${burst}, got none throttled`);
  return `${counted} of ${count} requests at once were throttled`;
};
