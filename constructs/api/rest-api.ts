import { createHash } from "node:crypto";
import { ApiGatewayDeployment } from "@cdktf/provider-aws/lib/api-gateway-deployment";
import { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import type { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { type ITerraformDependable, Lazy } from "cdktf";
import { Construct } from "constructs";
import { apiGatewayLimits } from "../../aws/limits";
import type { Api, OperationId, Route } from "../../contracts/api";
import { gatewayBody, type Integration } from "../../contracts/gateway-body";
import { streams } from "../../contracts/streams";
import type { NodeFunction } from "../compute/node-function";
import { permitService } from "../compute/service-permission";
import { liveAlias } from "../delivery/live-alias";
import { StackContext } from "../synth/stack-context";
import { literal } from "../synth/terraform-string";
import { validate } from "../synth/validation";
import { restApiRules, usersRules } from "./rest-api-rules";
import type { Users } from "./users";

/** The function of each operation. */
type Handlers<A extends Api> = Readonly<Record<OperationId<A>, NodeFunction>>;

export type RestApiProps<A extends Api> = {
  /** The routes, with their schemas and access. */
  readonly contract: A;
  /** Who calls operations with the access `user`. @default none: the contract has no such operation */
  readonly users?: Users;
} & (
  | { readonly handlers: Handlers<A> }
  /** Functions of its own for each stage, by the stage's name: a stage variable for each operation picks them. */
  | { readonly stages: Readonly<Record<string, Handlers<A>>> }
);

/** In permissions and in the map of stages: whichever stage there is. */
const anyStage = "*";

/** API Gateway waits for an integration as long as the function may take, up to its own limit. */
function timeoutMs({ timeoutSeconds }: NodeFunction, route: Route | undefined): number {
  const { streamTimeoutMs, integrationTimeoutMs } = apiGatewayLimits;
  const [, longest] = route && streams(route) ? streamTimeoutMs : integrationTimeoutMs;
  return Math.min(longest, timeoutSeconds * 1000);
}

/** Makes a text when it is first asked for, and no second time. */
function once(make: () => string): () => string {
  let made: string | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

type StageHandlers = Readonly<Record<string, Readonly<Record<string, NodeFunction>>>>;

/**
 * An API Gateway REST API made from one OpenAPI document, and its deployment. The document refers to nothing in
 * Terraform but a user pool: `createBeforeDestroy` spreads to everything a deployment depends on, and that is these alone.
 *
 * @example
 * new RestApi(this, "api", { contract, handlers: { getThing } });
 */
export class RestApi<A extends Api = Api> extends Construct {
  readonly name: string;
  readonly contract: A;
  readonly resource: ApiGatewayRestApi;
  readonly deployment: ApiGatewayDeployment;
  /** The variable of access logs that says who a user is. Undefined where no operation is of users. */
  readonly userVariable: string | undefined;
  private readonly stages: StageHandlers;
  private readonly permissions = new Map<string, LambdaPermission[]>();
  private readonly authorizing: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: RestApiProps<A>) {
    super(scope, id);
    const { contract, users } = props;
    const stack = StackContext.of(this);
    const { corsOrigins } = stack.environment;
    this.contract = contract;
    this.name = stack.nameOf(this);
    this.stages = "stages" in props ? props.stages : { [anyStage]: props.handlers };
    this.userVariable = users?.accessLogVariable;
    const { region } = stack;
    const body = once(() => {
      const integrations = this.integrationsOf();
      return JSON.stringify(
        gatewayBody(contract, {
          ...{ region, integrations, corsOrigins },
          ...(users ? { users: users.authorizer } : {}),
        }),
      );
    });
    this.resource = new ApiGatewayRestApi(this, "Default", {
      name: this.name,
      // Made when the rules have been checked, which say in one go all that a document would be refused for.
      body: Lazy.stringValue({ produce: () => literal(body()) }),
      endpointConfiguration: { types: ["REGIONAL"] },
    });
    this.deployment = new ApiGatewayDeployment(this, "deployment", {
      restApiId: this.resource.id,
      triggers: {
        redeployment: Lazy.stringValue({
          produce: (context) => createHash("sha1").update(context.resolve(body())).digest("hex"),
        }),
        // The one thing in the body that only AWS knows.
        ...(users && "userPoolArn" in users.authorizer ? { users: users.authorizer.userPoolArn } : {}),
      },
      lifecycle: { createBeforeDestroy: true },
    });
    for (const [stage, handlers] of Object.entries(this.stages)) {
      const permissions = Object.entries(handlers).flatMap(([operation, handler]) => {
        handler.addEnvironment("CORS_ORIGINS", corsOrigins.join(","));
        handler.addEnvironment("OPERATION_ID", operation);
        const route = contract.routes[operation];
        // Who streams has the function's own time.
        if (!route || !streams(route)) handler.answersApi();
        return route ? [this.permit({ stage, operation, route }, handler)] : [];
      });
      this.permissions.set(stage, permissions);
    }
    const authorizers = users?.functions.map(({ live }) => live.resource) ?? [];
    this.authorizing = [...authorizers, ...(users?.permit(this.resource.executionArn) ?? [])];
    validate(this, () => [...restApiRules(contract, this.stages, corsOrigins), ...usersRules(contract, users)]);
  }

  /** Dependencies of a stage: its functions and its authorizer's, and the permissions to invoke them. */
  dependenciesOf(stage: string): readonly ITerraformDependable[] {
    const name = this.nameOf(stage);
    const functions = Object.values(this.stages[name] ?? {}).map(({ live }) => live.resource);
    return [...functions, ...(this.permissions.get(name) ?? []), ...this.authorizing];
  }

  /** The stage variables that pick a stage's functions; none where all stages share them. */
  variablesOf(stage: string): Readonly<Record<string, string>> {
    const handlers = this.nameOf(stage) === anyStage ? {} : (this.stages[stage] ?? {});
    return Object.fromEntries(Object.entries(handlers).map(([operation, { name }]) => [operation, name]));
  }

  private nameOf(stage: string): string {
    return anyStage in this.stages ? anyStage : stage;
  }

  private integrationsOf(): Readonly<Record<string, Integration>> {
    const stack = StackContext.of(this);
    const [[stage, handlers] = [anyStage, {}]] = Object.entries(this.stages);
    return Object.fromEntries(
      Object.entries(handlers).map(([operation, fn]) => {
        const picked = stack.arn("lambda", `function:\${stageVariables.${operation}}:${liveAlias}`);
        return [
          operation,
          {
            functionArn: stage === anyStage ? fn.arn : picked,
            timeoutMs: timeoutMs(fn, this.contract.routes[operation]),
          },
        ];
      }),
    );
  }

  /** Lets the API call the function for its own route, on the function's own stage. */
  private permit(
    { stage, operation, route }: { stage: string; operation: string; route: Route },
    handler: NodeFunction,
  ): LambdaPermission {
    const id = stage === anyStage ? operation : `${stage}-${operation}`;
    const sourceArn = `${this.resource.executionArn}/${stage}/${route.method}${route.path.replace(/\{[^}]+\}/g, "*")}`;
    return permitService(this, `permission-${id}`, handler, { principal: "apigateway.amazonaws.com", sourceArn });
  }
}
