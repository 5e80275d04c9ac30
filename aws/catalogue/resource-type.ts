/** By what a resource costs while nobody uses it: a tool that prices knows each. */
export type PriceComponent =
  | "alarmMetrics"
  | "cache"
  | "dashboard"
  | "interfaceEndpoint"
  | "key"
  | "natGateway"
  | "publicAddress"
  | "secret"
  | "tableCapacity"
  | "webAcl";

/**
 * The IAM actions that Terraform's provider calls for a resource, separated by spaces; those of the type's own service
 * without its prefix (service authorization reference, "Actions, resources, and condition keys" of each service).
 */
export interface ResourceActions {
  readonly create?: string;
  readonly read?: string;
  readonly update?: string;
  readonly tag?: string;
  readonly delete?: string;
}

/** The entry of a resource type in the catalogue, the same in every stack. */
export interface ResourceType {
  /** The noun for one resource: `table`. */
  readonly noun: string;
  /** The service before the noun, where the noun alone could be of another: `DynamoDB`. */
  readonly of?: string;
  /** The prefix of the service's IAM actions: `dynamodb`. @default none, of what is Terraform's own */
  readonly service?: string;
  /** The file in aws-icons, for what diagrams draw. @default a setting of something else, drawn with it */
  readonly icon?: string;
  /** The local run resolves and emulates it. */
  readonly emulated?: true;
  /**
   * The part that a local run lacks, in words for a person: `alarms`. Of an emulated type, a part of it.
   *
   * @default nothing; of a type that is not emulated: the local run refuses a stack with one
   */
  readonly notEmulated?: string;
  /** The data it stores, and that its destruction loses, as the end of a sentence. */
  readonly lostWithIt?: string;
  /** Arguments whose change makes Terraform replace it. @default not known: the plan shows it */
  readonly replacing?: readonly string[];
  /**
   * `replacing` was compared with `ForceNew` and `RequiresReplace` in hashicorp/aws's source, as it was found: of
   * versions from 4 to 6. @default it is what the type is known for
   */
  readonly replacingIsVerified?: true;
  /**
   * Sets whose members the provider tells apart by their names alone: what else of one changes is in no plan.
   *
   * @default none is known
   */
  readonly comparedByName?: readonly string[];
  /** @default it costs nothing while nobody uses it */
  readonly price?: PriceComponent;
  readonly actions?: ResourceActions;
}
