import { S3Backend, TerraformBackend } from "cdktf";
import { Construct } from "constructs";
import type { AccountSettings, BucketState, CloudState, Environment } from "../../environments/environment";
import { oneOf, type Rule, validate } from "./validation";

interface StatePlace {
  readonly accountId: string;
  readonly account: Pick<AccountSettings, "region">;
}

/** The bucket and the table that the account stack makes for the state of an environment's stacks. */
export const stateNames = ({ accountId, account }: StatePlace) => ({
  bucket: `terrace-state-${accountId}-${account.region}`,
  lockTable: "terrace-state-lock",
});

/**
 * Terraform Cloud. CDKTF's own class for it starts Terraform at every synth, to ask for its version; a synth needs Node
 * alone.
 */
class CloudBackend extends TerraformBackend {
  constructor(
    scope: Construct,
    private readonly settings: Record<string, unknown>,
  ) {
    super(scope, "backend", "cloud");
  }

  override toTerraform() {
    return { terraform: { cloud: this.settings } };
  }

  override getRemoteStateDataSource(): never {
    throw new Error(`${this.node.path}: stacks read no other's state; give them the name of what they share`);
  }
}

/**
 * The state of a stack: in the account's bucket, under the stack's id, or in a workspace of Terraform Cloud of that
 * name. Whether a workspace plans there or here is the workspace's own setting; all that a plan needs is in the stack's
 * folder.
 *
 * @example
 * new StateBackend(this, "state", environment);
 */
export class StateBackend extends Construct {
  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    const { s3, terraformCloud } = environment.state;
    const stack = scope.node.id;
    // With both, or neither, nothing is written: the rules below say so first.
    if (terraformCloud) new CloudBackend(this, cloudSettings(terraformCloud, stack));
    else addS3Backend(this, { ...stateNames(environment), ...s3 }, environment.account.region);
    validate(this, () => [
      [
        (s3 === undefined) !== (terraformCloud === undefined),
        `state must be in one of s3 and terraformCloud, got ${s3 ? "both" : "neither"}; ${s3 ? "leave one out" : "choose one"}`,
      ],
      ...(s3 ? bucketRules(s3, stateNames(environment).bucket) : []),
      ...(terraformCloud ? cloudRules(terraformCloud) : []),
    ]);
  }
}

type Bucket = BucketState & ReturnType<typeof stateNames>;

function addS3Backend(scope: Construct, { bucket, lock = "table", lockTable }: Bucket, region: string): void {
  const backend = new S3Backend(scope, {
    bucket,
    key: `${scope.node.scope?.node.id}/terraform.tfstate`,
    region,
    encrypt: true,
    ...(lock === "file" ? {} : { dynamodbTable: lockTable }),
  });
  // An argument that is younger than CDKTF.
  if (lock !== "table") backend.addOverride("use_lockfile", true);
}

const cloudSettings = ({ organization, hostname, project, tags }: CloudState, stack: string) => ({
  organization,
  ...(hostname === undefined ? {} : { hostname }),
  workspaces: {
    ...(tags === undefined ? { name: stack } : { tags: [...tags, stack] }),
    ...(project === undefined ? {} : { project }),
  },
});

const locks = ["table", "file", "both"];

const bucketRules = ({ bucket, lock = "table", lockTable }: BucketState, usual: string): Rule[] => [
  [
    bucket === undefined || /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket),
    `state.s3.bucket must be a bucket's name (3–63 lower-case letters, digits, dots, hyphens), got "${bucket}"; correct it, or leave it out for ${usual}`,
  ],
  oneOf("state.s3.lock", lock, locks),
  [
    lockTable === undefined || /^[\w.-]{3,255}$/.test(lockTable),
    `state.s3.lockTable must be a table's name (3–255 letters, digits, dots, hyphens, underscores), got "${lockTable}"; correct it, or leave it out`,
  ],
];

const cloudRules = ({ organization, hostname, tags = [] }: CloudState): Rule[] => [
  [
    /^[\w-]{3,40}$/.test(organization ?? ""),
    `state.terraformCloud.organization must be an organization's name (3–40 letters, digits, hyphens, underscores), got "${organization ?? ""}"; set it to the one that has the workspaces`,
  ],
  [
    hostname === undefined || /^[a-z0-9-]+(\.[a-z0-9-]+)*(:\d+)?$/i.test(hostname),
    `state.terraformCloud.hostname must be a host's name without scheme and path (terraform.example.com), got "${hostname}"; correct it, or leave it out for app.terraform.io`,
  ],
  ...tags.map(
    (tag): Rule => [
      /^[a-z0-9_:-]{1,255}$/.test(tag),
      `state.terraformCloud.tags must be of lower-case letters, digits, colons, hyphens and underscores, got "${tag}"; correct it`,
    ],
  ),
];
