import { localShell, started } from "../../support/pages/local-shell";
import { walk } from "../../support/pages/walk";

jest.setTimeout(120_000);

const { shell, system } = localShell("items");

const asset = { id: "", upload: "" };
walk(
  "docs/systems/items.md",
  shell,
  [
    {
      command: `curl "$URL/api/items" -H "x-api-key: $KEY" -H 'content-type: application/json' -d '{"name": "chair", "asset": {"contentType": "image/png", "bytes": 4711}}'`,
      fault: "where an asset goes",
      shows: /"upload":\{"url":"http/,
      leaves: (printed) => {
        const item = JSON.parse(/\{.*\}/s.exec(printed)?.[0] ?? "{}");
        Object.assign(asset, { id: item.id, upload: item.asset.upload.url });
      },
    },
    {
      command: `curl -T chair.png -H 'Content-Type: image/png' -H 'If-None-Match: *' "$UPLOAD_URL"`,
      fault: "the asset is not there yet",
      before: async () => {
        const folder = 'cd "$(mktemp -d)" && head -c 4711 /dev/zero >chair.png';
        await shell().run(`${folder} && export UPLOAD_URL='${asset.upload}' ID=${asset.id}`);
      },
    },
    {
      command: `curl "$URL/api/items/$ID" -H "x-api-key: $KEY"`,
      fault: "whether the asset has come",
      shows: /"download":\{"url":"http/,
    },
    {
      command:
        "aws dynamodb scan --region us-west-2 --table-name items-prod-items --query 'Items[].id.S' --output text --filter-expression 'attribute_exists(deletedAt) AND attribute_not_exists(expiresAt)'",
      fault: "a deletion was not answered, and nobody asked again",
      // The local run is of dev.
      filled: { "items-prod-items": "items-dev-items" },
      needs: "aws",
      before: async () => {
        const items = system();
        await items.deployWithout({ function: "items-dev-delete-item", action: "s3:PutObject" });
        expect((await items.ask("DELETE", `/api/items/${asset.id}`)).status).toBe(500);
        await items.deployChanged((text) => text);
      },
      shows: /^[0-9a-f-]{36}$/m,
      leaves: (printed) => expect(printed.trim()).toBe(asset.id),
    },
    {
      command: `curl -X DELETE "$URL/api/items/$ID" -H "x-api-key: $KEY"`,
      fault: "its asset is there still",
      leaves: async () => {
        const items = system();
        const left = `aws dynamodb get-item --region us-west-2 --table-name items-dev-items --key '{"list":{"S":"items"},"id":{"S":"${asset.id}"}}'`;
        expect((await shell().run(left)).printed).toContain('"expiresAt"');
        expect((await items.ask("DELETE", `/api/items/${asset.id}`)).status).toBe(404);
      },
    },
  ],
  [started("npm start -- items")],
);
