/** A pair of subnets in one availability zone. */
export interface Zone {
  /** `us-east-1a`. Fixed here and not read from AWS, so that AWS's reshuffling of zones never replaces a subnet. */
  readonly availabilityZone: string;
  /** Of NAT gateways. */
  readonly publicCidrBlock: string;
  /** Of functions. */
  readonly privateCidrBlock: string;
}

/** A system's network. Subnets lie inside `cidrBlock` and do not overlap. */
export interface NetworkSettings {
  /** The network's addresses: `10.0.0.0/16`. */
  readonly cidrBlock: string;
  /** Two or more, so that one may fail. */
  readonly zones: readonly Zone[];
  /** The way out to the internet: about $33 a month and zone, plus traffic. */
  readonly natGateways: "none" | "single" | "per-az";
  /**
   * Services reached inside the network instead, by their endpoint's short name (`ssm`): about $7 a month and zone
   * each.
   */
  readonly interfaceEndpoints: readonly string[];
}

/** Logs and metrics of a stage that API Gateway sends to CloudWatch. */
export interface StageSettings {
  /** Level of execution logs: failures, or each step of each request. Bodies never. */
  readonly logLevel: "ERROR" | "INFO";
  /** Metrics of each method beside those of the stage, at about $0.30 a month each once they are used. */
  readonly detailedMetrics: boolean;
}

/** Throttle of an API, and limits of each of its keys. */
interface ApiLimits {
  /** For all callers together: requests a second, and at once. */
  readonly throttle: { readonly rateLimit: number; readonly burstLimit: number };
  /** For each API key: requests a second, at once, and a day. */
  readonly usagePlan: {
    readonly rateLimit: number;
    readonly burstLimit: number;
    readonly quotaPerDay: number;
    /** Clients with a key, `key` being the first that every API has: docs/clients.md. @default ["key"] */
    readonly clients?: readonly string[];
  };
}

/** Tokens of an issuer of one's own choice, checked by a function. */
export interface TokenSettings {
  /** Who signs them, as their `iss` says: `https://login.example.com`. */
  readonly issuer: string;
  /** Whom they are for, as their `aud` says: `https://api.example.com`. */
  readonly audience: string;
  /** Where the issuer's public keys are. @default `<issuer>/.well-known/jwks.json` */
  readonly keySetUrl?: string;
  /**
   * Seconds for which an answer counts for its token, 0–3600, and for which one that has expired or was revoked is still
   * let in. @default 60
   */
  readonly resultTtlSeconds?: number;
}

/** A user pool of Cognito, where people sign in. */
export interface UserPoolSettings {
  /** Pages to which people come back when they have signed in: `https://app.example.com/signed-in`. */
  readonly callbackUrls: readonly string[];
  /** Pages to which they come back when they have signed out. @default none */
  readonly logoutUrls?: readonly string[];
}

/** Where the users of an API come from: one of the two. */
export type UsersSettings = { readonly tokens: TokenSettings } | { readonly userPool: UserPoolSettings };

/** Settings of an API with one stage. */
export interface ApiSettings extends ApiLimits {
  readonly stage: StageSettings;
}

/** Settings of one system in one environment. */
export interface SystemSettings {
  readonly region: string;
  /** Retention of the system's logs in days. @default the environment's `logRetentionDays` */
  readonly logRetentionDays?: number;
  readonly network: NetworkSettings;
  readonly api: ApiSettings;
}

/** Further settings of the flagship. */
export interface RecordsSettings extends SystemSettings {
  /** Size of the stage's cache in GB, as API Gateway spells it: `0.5` is about $15 a month. */
  readonly cacheClusterSize: string;
}

/** Further settings of the directory. */
export interface UserDirectorySettings extends SystemSettings {
  /**
   * Indexes by address that functions queried before `emailIndex`, kept until none of those functions serves any more:
   * docs/runbooks/rename-an-index.md.
   */
  readonly formerIndexes: readonly string[];
}

/** A name of one's own in front of an API, in a zone that Route 53 serves. */
export interface DomainSettings {
  /** `items.example.com` */
  readonly name: string;
  readonly hostedZoneId: string;
}

/** Settings of user-management, which has no network. */
export interface UserManagementSettings extends Omit<SystemSettings, "network" | "api"> {
  readonly api: ApiLimits & { readonly stages: Readonly<Record<"dev" | "qa" | "prod", StageSettings>> };
  /** Of the distribution in front of the stage prod. @default the name that CloudFront makes up */
  readonly domain?: DomainSettings;
}

/** Further settings of the items system. */
export interface ItemsSettings extends SystemSettings {
  /** @default the URL that API Gateway makes up */
  readonly domain?: DomainSettings;
}

/** State in a bucket of the account. */
export interface BucketState {
  /** @default `terrace-state-<account id>-<region of the account's settings>`, which the account stack makes */
  readonly bucket?: string;
  /**
   * Lock against concurrent writes of the state: an item in a DynamoDB table, a file beside the state, or both, for
   * moving from one to the other while some still use the old. @default "table"
   */
  readonly lock?: "table" | "file" | "both";
  /** @default "terrace-state-lock", which the account stack makes */
  readonly lockTable?: string;
}

/** State in workspaces of Terraform Cloud (HCP Terraform), or of a Terraform Enterprise. */
export interface CloudState {
  readonly organization: string;
  /** @default "app.terraform.io" */
  readonly hostname?: string;
  /** @default the organization's default project */
  readonly project?: string;
  /**
   * Of several workspaces for one stack, those that carry these tags and the stack's id as one more; `terraform workspace
   * select` chooses. @default one workspace, named like the stack
   */
  readonly tags?: readonly string[];
}

/** Place of the state: one of the two. */
export interface StateSettings {
  readonly s3?: BucketState;
  readonly terraformCloud?: CloudState;
}

/** A table that a restore has made, and that takes the place of another. */
export interface RestoredTable {
  /** The copy's name, which begins with the stack's: `records-prod-records-restored`. */
  readonly name: string;
  /**
   * The table whose place it takes, which Terraform forgets and leaves as it is. @default the one that the stack names
   */
  readonly former?: string;
  /**
   * Whether versions of functions may still serve that work on the former table: then roles allow both. Off after the
   * release that brings the copy. @default false
   */
  readonly formerInUse?: boolean;
}

/** CodeDeploy's predefined deployment configurations for Lambda. */
export type Steps =
  | `Canary10Percent${5 | 10 | 15 | 30}Minutes`
  | "Linear10PercentEvery1Minute"
  | `Linear10PercentEvery${2 | 3 | 10}Minutes`;

/** Levels of log lines, from the least severe to the most. */
export const logLevels = ["DEBUG", "INFO", "WARN", "ERROR"] as const;

export type LogLevel = (typeof logLevels)[number];

/** Settings that the systems of an environment share. */
export interface AccountSettings {
  /** Region of the state, for systems of every region. */
  readonly region: string;
  /** The GitHub repository whose workflows may plan and deploy: `owner/name`. */
  readonly repository: string;
  /** The branch that may deploy. */
  readonly branch: string;
  /**
   * Whether the roles of the environment's systems have the permissions boundary that the account stack makes, and CI
   * makes no other roles. Off where no account stack is deployed for this environment. @default true, and false where
   * state is in Terraform Cloud
   */
  readonly permissionsBoundary?: boolean;
}

/** Everything in which environments differ. Code reads these values and never asks for the environment's name. */
export interface Environment {
  readonly name: string;
  /** The value of the tag `Environment`, which distinguishes environments on bills and for people. */
  readonly environmentTag: string;
  /**
   * Twelve digits, of an account that no other environment has: quotas, the account stack and CI's identity are an
   * account's. Terraform refuses to work with the credentials of any other.
   */
  readonly accountId: string;
  /** Whether tables and buckets refuse to be deleted. Where they don't, destroying a stack empties its buckets. */
  readonly deletionProtection: boolean;
  /** Retention of logs in days, where a system does not say: one of the periods that CloudWatch accepts. */
  readonly logRetentionDays: number;
  /**
   * The lowest level of lines that functions write, where a function does not say: DEBUG follows each request closely.
   */
  readonly functionLogLevel: LogLevel;
  /** Addresses that get an e-mail when an alarm fires; each has to confirm once. */
  readonly alarmEmails: readonly string[];
  /** Origins whose pages may call the APIs: `https://app.example.com`. */
  readonly corsOrigins: readonly string[];
  readonly state: StateSettings;
  /** The versions of hashicorp/aws that may be used, as Terraform writes them. @default ">= 6.25.0, < 7.0.0" */
  readonly awsProviderVersion?: string;
  /**
   * Tables that are copies which a restore has made, by the name that the stack gives
   * (docs/runbooks/restore-a-table.md). @default none
   */
  readonly restoredTables?: Readonly<Record<string, RestoredTable>>;
  /** Deployment of new versions of functions: at once, or in steps that the system's alarms stop and reverse. */
  readonly rollout: "AllAtOnce" | Steps;
  readonly account: AccountSettings;
  readonly records: RecordsSettings;
  readonly userDirectory: UserDirectorySettings;
  readonly dataProcessor: SystemSettings;
  readonly userManagement: UserManagementSettings;
  readonly items: ItemsSettings;
}
