import { type Answer, all, newId, notFound, one, type Resource, type Routes, sent } from "./api";

/** A workspace, and what is kept in it. */
export interface Workspace {
  readonly id: string;
  readonly name: string;
  readonly tags: readonly string[];
  /** The project's id. */
  readonly project: string;
  /** Settings that may change: where it runs, and by which Terraform. */
  settings: Readonly<Record<string, unknown>>;
  locked: boolean;
  /** Terraform variables, which a run here is given: name → value. */
  readonly variables: Map<string, string>;
  /** The state versions' ids, oldest first. */
  readonly states: string[];
}

const workspaces: Workspace[] = [];
const projects: Resource[] = [{ type: "projects", id: "prj-default", attributes: { name: "Default Project" } }];

/** The workspace with an id. */
export const workspaceOf = (id: string | undefined): Workspace | undefined =>
  workspaces.find((workspace) => workspace.id === id);

const shown = ({ id, name, tags, project, settings, locked }: Workspace): Resource => ({
  type: "workspaces",
  id,
  attributes: {
    name,
    locked,
    ...settings,
    "tag-names": tags,
    permissions: { "can-lock": true, "can-unlock": true, "can-queue-run": true, "can-update": true },
  },
  relationships: { project: { data: { type: "projects", id: project, attributes: {} } } },
});

const named = (name: string | undefined) => workspaces.find((workspace) => workspace.name === name);

function create({ attributes, relationships }: Resource): Answer {
  const tags = (relationships?.["tags"]?.data ?? []) as Resource[];
  const project = relationships?.["project"]?.data as Resource | undefined;
  const workspace: Workspace = {
    id: newId("ws"),
    name: String(attributes["name"]),
    tags: tags.map((tag) => String(tag.attributes["name"])),
    project: project?.id ?? "prj-default",
    settings: { "execution-mode": "local" },
    locked: false,
    variables: new Map(),
    states: [],
  };
  workspaces.push(workspace);
  return one(shown(workspace), 201);
}

/** Takes or gives back a workspace's lock, unless that has been done. */
function lock(id: string | undefined, locked: boolean): Answer {
  const workspace = workspaceOf(id);
  if (!workspace) return notFound;
  if (workspace.locked === locked) return { status: 409, json: { errors: [{ title: "conflict" }] } };
  workspace.locked = locked;
  return one(shown(workspace));
}

function change(id: string | undefined, { attributes }: Resource): Answer {
  const workspace = workspaceOf(id);
  if (!workspace) return notFound;
  workspace.settings = { ...workspace.settings, ...attributes };
  return one(shown(workspace));
}

function setVariable(id: string | undefined, { attributes }: Resource): Answer {
  workspaceOf(id)?.variables.set(String(attributes["key"]), String(attributes["value"]));
  return { status: 201, json: { data: { type: "vars", id: newId("var"), attributes: {} } } };
}

const tagged = (tags: string | null, project: string | null) =>
  workspaces.filter(
    (workspace) =>
      (tags ?? "").split(",").every((tag) => workspace.tags.includes(tag)) &&
      (project === null || workspace.project === project),
  );

function createProject({ attributes }: Resource): Answer {
  const project = { type: "projects", id: newId("prj"), attributes };
  projects.push(project);
  return one(project, 201);
}

/** An organization's projects, and its workspaces with their settings, tags, variables and locks. */
export const workspaceRoutes: Routes = {
  "GET /organizations/:organization/entitlement-set": ({ ids: [organization = ""] }) =>
    organization === "example"
      ? one({ type: "entitlement-sets", id: "org-1", attributes: { operations: true, "state-storage": true } })
      : notFound,
  "GET /organizations/:organization/projects": ({ query }) =>
    all(projects.filter(({ attributes }) => attributes["name"] === query.get("filter[names]"))),
  "POST /organizations/:organization/projects": (call) => createProject(sent(call)),
  "GET /organizations/:organization/workspaces": ({ query }) =>
    all(tagged(query.get("search[tags]"), query.get("filter[project][id]")).map(shown)),
  "POST /organizations/:organization/workspaces": (call) => create(sent(call)),
  "GET /organizations/:organization/workspaces/:name": ({ ids: [, name] }) => {
    const workspace = named(name);
    return one(workspace && shown(workspace));
  },
  "PATCH /workspaces/:id": (call) => change(call.ids[0], sent(call)),
  "GET /workspaces/:id/tag-bindings": ({ ids: [id] }) =>
    all((workspaceOf(id)?.tags ?? []).map((key) => ({ type: "tag-bindings", id: key, attributes: { key } }))),
  "POST /workspaces/:id/vars": (call) => setVariable(call.ids[0], sent(call)),
  "POST /workspaces/:id/actions/lock": ({ ids: [id] }) => lock(id, true),
  "POST /workspaces/:id/actions/unlock": ({ ids: [id] }) => lock(id, false),
  "POST /workspaces/:id/actions/force-unlock": ({ ids: [id] }) => lock(id, false),
};
