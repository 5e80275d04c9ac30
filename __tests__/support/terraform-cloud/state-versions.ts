import { type Answer, newId, notFound, one, type Resource, type Routes } from "./api";
import { workspaceOf } from "./workspaces";

/** State versions' id → state, when it has come. */
const states = new Map<string, Buffer>();

/** The state that a workspace has. */
export const currentState = (workspace: string | undefined): Buffer | undefined =>
  states.get(workspaceOf(workspace)?.states.at(-1) ?? "");

const shown = (id: string, origin: string): Resource => ({
  type: "state-versions",
  id,
  attributes: {
    status: "finalized",
    "resources-processed": true,
    "hosted-state-upload-url": `${origin}/api/v2/uploads/${id}`,
    "hosted-json-state-upload-url": `${origin}/api/v2/uploads/json-of-${id}`,
    "hosted-state-download-url": `${origin}/api/v2/uploads/${id}`,
  },
});

/** Only who has locked a workspace may write to it. */
function create(id: string | undefined, origin: string): Answer {
  const workspace = workspaceOf(id);
  if (!workspace?.locked) return { status: 409, json: { errors: [{ title: "the workspace is not locked" }] } };
  const version = newId("sv");
  workspace.states.push(version);
  return one(shown(version, origin), 201);
}

/** State, which is written in two steps: a version is made, then its contents are sent to where that says. */
export const stateVersionRoutes: Routes = {
  "GET /workspaces/:id/current-state-version": ({ ids: [id], origin }) => {
    const version = workspaceOf(id)?.states.at(-1);
    return version ? one(shown(version, origin)) : notFound;
  },
  "POST /workspaces/:id/state-versions": ({ ids: [id], origin }) => create(id, origin),
  "GET /state-versions/:id": ({ ids: [id = ""], origin }) => one(shown(id, origin)),
  "PUT /uploads/:id": ({ ids: [id = ""], body }) => {
    states.set(id, body);
    return {};
  },
  "GET /uploads/:id": ({ ids: [id = ""] }) => {
    const bytes = states.get(id);
    return bytes ? { bytes } : notFound;
  },
};
