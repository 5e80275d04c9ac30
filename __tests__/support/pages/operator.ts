import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { CreateTableCommand, DeleteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { type ServedAccount, startAccount } from "../account/account";
import { Project } from "../project";
import { Shell } from "./shell";

const stateBucket = "terrace-state-000000000000-us-east-1";

/** A state as Terraform keeps it. */
export interface State {
  readonly outputs: Record<string, { value: unknown; type: unknown }>;
  readonly [other: string]: unknown;
}

/** The state of a stack when it was last released. */
export const releasedState = (stack: string): State =>
  JSON.parse(brotliDecompressSync(readFileSync(".ci/released-states.json.br")).toString())[stack];

/** Whoever walks a page: a checkout, a shell in it, and the account that its commands reach. */
export interface Operator {
  readonly account: ServedAccount;
  readonly project: Project;
  readonly shell: Shell;
  /** Puts a state into the bucket, as if a stack had been applied, with these outputs besides. */
  keep(stack: string, state: State, outputs?: Readonly<Record<string, unknown>>): Promise<void>;
  /** The state that is in the bucket. */
  kept(stack: string): State | undefined;
  stop(): Promise<void>;
}

const place = (stack: string): string => `${stateBucket}/${stack}/terraform.tfstate`;

const clientAt = (endpoint: string): DynamoDBClient =>
  new DynamoDBClient({
    ...{ endpoint, region: "us-east-1" },
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });

const lockTable = "terrace-state-lock";

/** The state's lock table, which the account stack makes. */
const makeLockTable = (client: DynamoDBClient) =>
  client.send(
    new CreateTableCommand({
      TableName: lockTable,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "LockID", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "LockID", AttributeType: "S" }],
    }),
  );

/** A checkout as git has it, with `main` as it is released. */
function checkout(): Project {
  const project = new Project();
  const git = (...args: string[]) => spawnSync("git", args, { cwd: project.folder, encoding: "utf8" });
  git("init", "--quiet", "--initial-branch=main");
  writeFileSync(join(project.folder, ".git/info/exclude"), "node_modules\ncdktf.out\n");
  git("add", "--all");
  git("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "--quiet", "--message=As released");
  return project;
}

/** @param programs what is on the operator's PATH besides */
export async function startOperator(programs: Readonly<Record<string, string>> = {}): Promise<Operator> {
  const [account, project] = [await startAccount(), checkout()];
  const client = clientAt(account.url);
  await makeLockTable(client);
  const backend = ["use_path_style=true", "skip_credentials_validation=true", "skip_requesting_account_id=true"];
  const shell = new Shell(
    project.folder,
    {
      AWS_ENDPOINT_URL: account.url,
      AWS_ENDPOINT_URL_S3: account.url,
      AWS_ENDPOINT_URL_DYNAMODB: account.url,
      AWS_ENDPOINT_URL_STS: account.url,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      CHECKPOINT_DISABLE: "1",
      NODE_NO_WARNINGS: "1",
      POLL_MS: "1",
      TF_CLI_ARGS: "-no-color",
      TF_CLI_ARGS_init: backend.map((setting) => `-backend-config=${setting}`).join(" "),
    },
    programs,
  );
  return {
    account,
    project,
    shell,
    keep: async (stack, state, outputs = {}) => {
      const typed = Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, outputOf(value)]));
      const body = Buffer.from(JSON.stringify({ ...state, outputs: { ...state.outputs, ...typed } }));
      const versions = account.objects.get(place(stack)) ?? [];
      account.objects.set(place(stack), [...versions, { id: `v${versions.length + 1}`, body }]);
      // Its checksum is of what was there before.
      const Key = { LockID: { S: `${place(stack)}-md5` } };
      await client.send(new DeleteItemCommand({ TableName: lockTable, Key }));
    },
    kept: (stack) => {
      const body = account.objects.get(place(stack))?.at(-1)?.body;
      return body && (JSON.parse(body.toString()) as State);
    },
    stop: async () => {
      client.destroy();
      shell.stop();
      await account.stop();
    },
  };
}

/** An output of a state: a text, or texts by name. */
const outputOf = (value: unknown) =>
  typeof value === "string" ? { value, type: "string" } : { value, type: ["map", "string"] };
