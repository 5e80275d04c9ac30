// Stands on: records
import { type Elsewhere, walk } from "../../support/pages/walk";

const by = (file: string, words: string, ...commands: string[]): Elsewhere[] =>
  commands.map((command) => ({ command, by: file, words }));

const noShell = () => {
  throw new Error("nothing is typed here");
};

const started = 'start("--port", "0", "--data", data)';
const start = "__tests__/end-to-end/start.test.ts";
const first = ".ci/terraform-first-deployment";

walk(
  "README.md",
  noShell,
  [],
  [
    ...by(".ci/run", "npm test -- --ci", "npm ci && npm start", "npm ci && npm test"),
    ...by(start, started, "npm start -- items", "npm start -- records items"),
    ...by(start, 'run("--help")', "npm start -- --help"),
    ...by("__tests__/end-to-end/inspect.test.ts", "--inspect", "npm start -- --inspect"),
    ...by(
      "__tests__/end-to-end/dynamodb.test.ts",
      "local/services/dynamodb/main.ts",
      "npm run dynamodb -- --port 8000",
    ),
    ...by("__tests__/local/services/logs/service.test.ts", "FilterLogEvents", "aws logs tail --follow"),
    ...by("__tests__/end-to-end/from-folder.test.ts", "--from", "npm start -- --from <folder>"),
    ...by(
      "__tests__/end-to-end/pages/state.test.ts",
      '"ENVIRONMENT=prod npm run synth"',
      "ENVIRONMENT=prod npm run synth",
    ),
    ...by(".ci/state-store.sh", "SYSTEMS=records node run.js main.ts", "SYSTEMS=records npm run synth"),
    ...by(
      "__tests__/end-to-end/pages/keys.test.ts",
      'export TF_VAR_records_cursor_secret="$(openssl rand -base64 48)"',
      'export TF_VAR_records_cursor_secret="$(openssl rand -base64 48)"',
    ),
    ...by(
      "__tests__/end-to-end/pages/keys.test.ts",
      '"npm run deploy -- records-prod"',
      "npm run deploy -- records-prod",
    ),
    ...by("__tests__/end-to-end/pages/state.test.ts", '"npm run changes -- main"', "npm run changes -- main"),
    ...by(first, "ACCOUNT=none", "ACCOUNT=none TF_VAR_records_cursor_secret=any npx cdktf diff records-dev"),
    ...by("__tests__/end-to-end/new-and-remove.test.ts", 'make("shop")', "npm run new -- shop"),
    ...by(first, "cdktf deploy records-dev", "npx cdktf deploy records-dev"),
    ...by(first, "cdktf destroy records-dev", "npx cdktf destroy records-dev"),
  ],
);

walk(
  "CONTRIBUTING.md",
  noShell,
  [],
  [
    ...by(".ci/run", '.ci/terraform-upgrades "$offline"', ".ci/terraform-upgrades <offline command> --record"),
    ...by("jest.config.js", "FC_SEED", "FC_SEED=<seed> npm test"),
    // A measurement, as those below.
    ...by("tools/mutants.ts", "seed", "npm run mutants -- local/iam --count 50 --seed 3"),
  ],
);

// Measurements, which nothing depends on; each prints its table when a person has it run.
walk(
  "docs/decisions/0006-local-run.md",
  noShell,
  [],
  [...by("bench/main.ts", "kill", "npm run bench -- kill"), ...by("bench/main.ts", "log", "npm run bench -- log")],
);
walk("docs/events.md", noShell, [], by("__tests__/tools/fire.test.ts", 'fire("nightly")', "npm run fire -- nightly"));
walk(
  "docs/runbooks/redrive.md",
  noShell,
  [],
  [
    ...by("__tests__/tools/redrive.test.ts", 'redrive("--list")', "npm run redrive -- <queue URL> --list"),
    ...by("__tests__/tools/redrive.test.ts", "await redrive()", "npm run redrive -- <queue URL>"),
    ...by(
      "__tests__/tools/redrive.test.ts",
      '"--only"',
      "npm run redrive -- <queue URL> --only 5fea7756-0ea4-451a-a703-a558b933e274",
    ),
  ],
);
walk("docs/decisions/0013-dynamodb.md", noShell, [], by("bench/main.ts", "database", "npm run bench -- database"));
walk("docs/decisions/0012-traces.md", noShell, [], by("bench/main.ts", "functions", "npm run bench -- functions"));

// CI's job runs what the page shows, on a copy.
walk(
  "docs/runbooks/move-to-cdktn.md",
  noShell,
  [],
  [
    ...by(
      ".ci/move-to-cdktn",
      "docs/runbooks/move-to-cdktn.md",
      "npm pkg delete dependencies.cdktf dependencies.@cdktf/provider-aws devDependencies.cdktf-cli",
      "npm pkg set dependencies.cdktn=0.24.0 dependencies.@cdktn/provider-aws=25.7.0 dependencies.constructs=10.7.2 devDependencies.cdktn-cli=0.24.0",
      "npm install",
      `grep -rlE '"(cdktf|@cdktf/)' --include=*.ts main.ts stacks constructs __tests__ bench | xargs sed -i.before -E 's#"@cdktf/provider-aws#"@cdktn/provider-aws#; s#"cdktf(/|")#"cdktn\\1#'`,
      `sed -i.before -E 's#\\(cdktf\\|constructs\\|@cdktf\\)#(cdktn|constructs|@cdktn)#; s#@cdktf/#@cdktn/#g; s#"cdktf-cli"#"cdktn-cli"#' .dependency-cruiser.js knip.json`,
    ),
    ...by("__tests__/end-to-end/pages/state.test.ts", '"npm run changes -- main"', "npm run changes -- main"),
  ],
);

walk(
  "docs/your-own-backend.md",
  noShell,
  [],
  [
    ...by("__tests__/end-to-end/tutorial.test.ts", "notes", "npm start -- notes"),
    ...by("__tests__/end-to-end/new-and-remove.test.ts", 'make("shop")', "npm run new -- <name>"),
    ...by(first, "cdktf diff records-dev", "npx cdktf diff notes-dev"),
    ...by(first, "cdktf deploy records-dev", "npx cdktf deploy notes-dev"),
  ],
);

walk(
  "docs/your-own-backend-part-two.md",
  noShell,
  [],
  [
    ...by("__tests__/end-to-end/tutorial-part-two.test.ts", '"parcels", "--json"', "npm start -- parcels"),
    ...by(
      "__tests__/end-to-end/tutorial-part-two.test.ts",
      "PutObjectCommand",
      "aws s3 cp list.csv s3://parcels-dev-lists-000000000000-us-east-1/incoming/list.csv",
    ),
    ...by(
      "__tests__/end-to-end/tutorial-part-two.test.ts",
      "local/tokens/main.ts",
      "npm run -s token -- ada --scope parcels:read",
    ),
    ...by("__tests__/end-to-end/tutorial-part-two.test.ts", '"nightly"', "npm run fire -- nightly"),
  ],
);

walk(
  "docs/in-your-own-stack.md",
  noShell,
  [],
  by(
    first,
    "docs/in-your-own-stack.md",
    "ln -s ../terrace terrace && npm install cdktf constructs @cdktf/provider-aws esbuild fflate zod",
    "npx cdktf diff greetings",
    "npx cdktf deploy greetings",
    "npx cdktf destroy greetings",
  ),
);

walk(
  "docs/systems/account.md",
  noShell,
  [],
  [
    ...by(".ci/terraform-account", "ACCOUNT_STATE=local node run.js main.ts", "npx cdktf deploy account-<environment>"),
    ...by(
      "__tests__/end-to-end/pages/keys.test.ts",
      '"npm run deploy -- records-prod"',
      "npm run deploy -- records-prod",
    ),
  ],
);

walk(
  "docs/live/README.md",
  noShell,
  [],
  by(
    "__tests__/end-to-end/acceptance.test.ts",
    "tools/acceptance.ts",
    "npm run acceptance -- records --environment dev",
    "npm run acceptance -- --help",
  ),
);

walk(
  "docs/users.md",
  noShell,
  [],
  [
    ...by(
      "__tests__/end-to-end/users.test.ts",
      '"local/tokens/main.ts"',
      'curl -H "Authorization: Bearer $(npm run -s token -- ada --scope notes/read)" http://localhost:3000/dev/notes/1',
      "npm run token -- <subject> --scope notes/write",
    ),
    ...by("__tests__/local/tokens/token-command.test.ts", 'run("--help"', "npm run token -- --help"),
    ...by(start, "--fresh", "npm start -- --fresh"),
  ],
);
