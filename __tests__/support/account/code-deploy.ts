import type { Account } from "./contents";
import { jsonService } from "./service";

/** CodeDeploy, whose deployments end as soon as they are made, unless a test says otherwise. */
export const codeDeploy = ({ deployments, functions }: Account) =>
  jsonService({
    CreateDeployment: ({ revision }) => {
      const [resource] = JSON.parse(revision.appSpecContent.content).Resources;
      const [[name, { Properties }]] = Object.entries(resource) as [[string, { Properties: Record<string, string> }]];
      functions.set(name, { ...functions.get(name), live: String(Properties["TargetVersion"]) });
      deployments.set(`d-${name}`, "Succeeded");
      return { deploymentId: `d-${name}` };
    },
    GetDeployment: ({ deploymentId }) => ({ deploymentInfo: { status: deployments.get(deploymentId) } }),
    ListDeployments: ({ includeOnlyStatuses }, { region }) => ({
      deployments: [...deployments]
        .filter(([, status]) => region === "us-east-1" && includeOnlyStatuses.includes(status))
        .map(([id]) => id),
    }),
    StopDeployment: ({ deploymentId }) => {
      deployments.set(deploymentId, "Stopped");
      return { status: "Succeeded" };
    },
  });
