import { createHash } from "node:crypto";
import { ApiGatewayDeployment } from "@cdktf/provider-aws/lib/api-gateway-deployment";
import { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Api, OperationId, Route } from "../contracts/api";
import { gatewayBody, type Integration } from "../contracts/gateway-body";
import type { NodeFunction } from "./node-function";
import { restApiRules } from "./rest-api-rules";
import { SystemStack } from "./system-stack";
import { literal } from "./terraform-string";
import { validate } from "./validation";

export interface RestApiProps<A extends Api> {
  readonly contract: A;
  /** The function behind each operation. */
  readonly handlers: Readonly<Record<OperationId<A>, NodeFunction>>;
}

/** What API Gateway waits for an integration at most. */
const longestIntegrationMs = 29_000;

const integrationOf = ({ arn, timeoutSeconds }: NodeFunction): Integration => ({
  functionArn: arn,
  timeoutMs: Math.min(longestIntegrationMs, timeoutSeconds * 1000),
});

/**
 * An API Gateway REST API made from one OpenAPI document, and its deployment. The document refers to nothing in
 * Terraform: `createBeforeDestroy` spreads to everything a deployment depends on, and that is the API alone.
 */
export class RestApi<A extends Api = Api> extends Construct {
  readonly name: string;
  readonly contract: A;
  readonly resource: ApiGatewayRestApi;
  readonly deployment: ApiGatewayDeployment;
  /** What must be there before a stage serves: the functions, and the permissions to call them. */
  readonly integrations: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { contract, handlers }: RestApiProps<A>) {
    super(scope, id);
    const stack = SystemStack.of(this);
    const { corsOrigins } = stack.environment;
    const functions = Object.entries<NodeFunction>(handlers);
    this.contract = contract;
    this.name = stack.nameOf(this);
    const body = JSON.stringify(
      gatewayBody(contract, {
        region: stack.region,
        integrations: Object.fromEntries(functions.map(([operation, fn]) => [operation, integrationOf(fn)])),
        corsOrigins,
      }),
    );
    this.resource = new ApiGatewayRestApi(this, "Default", {
      name: this.name,
      body: literal(body),
      endpointConfiguration: { types: ["REGIONAL"] },
    });
    this.deployment = new ApiGatewayDeployment(this, "deployment", {
      restApiId: this.resource.id,
      triggers: { redeployment: createHash("sha1").update(body).digest("hex") },
      lifecycle: { createBeforeDestroy: true },
    });
    for (const [, handler] of functions) handler.addEnvironment("CORS_ORIGINS", corsOrigins.join(","));
    const permissions = functions.flatMap(([operation, handler]) => {
      const route = contract.routes[operation];
      return route ? [this.permit(operation, handler, route)] : [];
    });
    this.integrations = [...functions.map(([, { live }]) => live.resource), ...permissions];
    validate(this, () => restApiRules(contract, Object.keys(handlers), corsOrigins));
  }

  /** Lets the API call the function for its own route, on any stage. */
  private permit(operationId: string, handler: NodeFunction, { method, path }: Route): LambdaPermission {
    return new LambdaPermission(this, `permission-${operationId}`, {
      functionName: handler.resource.functionName,
      qualifier: handler.live.resource.name,
      action: "lambda:InvokeFunction",
      principal: "apigateway.amazonaws.com",
      sourceArn: `${this.resource.executionArn}/*/${method}${path.replace(/\{[^}]+\}/g, "*")}`,
      // A function that is replaced loses its permissions without a word. Its ARN is unknown then, and only then.
      lifecycle: { replaceTriggeredBy: [`aws_lambda_function.${handler.resource.friendlyUniqueId}.arn`] },
    });
  }
}
