import { DefinitionError } from "../definition/definition-error";
import { segments, variableOf } from "../definition/document-path";

/** The route of a method and path. */
interface Match<T> {
  readonly route: T;
  readonly parameters: Readonly<Record<string, string>> | null;
}

interface Resource<T> {
  readonly fixed: Map<string, Resource<T>>;
  readonly methods: Map<string, T>;
  variable?: { readonly name: string; readonly resource: Resource<T> };
  greedy?: { readonly name: string; readonly resource: Resource<T> };
}

const newResource = <T>(): Resource<T> => ({ fixed: new Map(), methods: new Map() });

/** The methods that ANY comprises. */
const anyMethods = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/**
 * The tree of an API's resources. Fixed segments win over a variable, a variable over a greedy one; but a resource
 * without the method hides none that has it (recorded), so the search goes back and tries the next best.
 */
export class Router<T> {
  private readonly root: Resource<T> = newResource();

  /** Adds a route. @param method - an HTTP method, or ANY */
  add(method: string, path: string, route: T): void {
    let resource = this.root;
    for (const segment of segments(path)) resource = child(resource, segment, path);
    resource.methods.set(method, route);
  }

  /** Finds the route of a request. @param path - as it was sent: nothing is decoded */
  find(method: string, path: string): Match<T> | undefined {
    let end = path.length;
    while (end > 0 && path.charCodeAt(end - 1) === slash) end--;
    const parts = end <= 1 ? [] : path.slice(1, end).split("/");
    const values: [string, string][] = [];
    const route = search(this.root, method, { parts, at: 0, values });
    if (route === undefined) return undefined;
    if (values.length === 0) return { route, parameters: null };
    const parameters: Record<string, string> = Object.create(null);
    for (const [name, value] of values) parameters[name] = value;
    return { route, parameters };
  }
}

const slash = 47;

function child<T>(parent: Resource<T>, segment: string, path: string): Resource<T> {
  const variable = variableOf(segment);
  const taken = parent.variable ?? parent.greedy;
  if (!variable) {
    const known = parent.fixed.get(segment) ?? newResource<T>();
    parent.fixed.set(segment, known);
    return known;
  }
  const kind = variable.greedy ? "greedy" : "variable";
  if (taken && (taken.name !== variable.name || parent[kind] === undefined)) {
    const sibling = parent.greedy ? `{${taken.name}+}` : `{${taken.name}}`;
    throw new DefinitionError(
      path,
      `A sibling (${sibling}) of this resource already has a variable path part -- only one is allowed`,
    );
  }
  if (variable.greedy && !path.endsWith(segment)) {
    throw new DefinitionError(path, `Cannot create a child of a resource with a greedy path variable: ${segment}`);
  }
  parent[kind] ??= { name: variable.name, resource: newResource() };
  return parent[kind].resource;
}

interface Search {
  readonly parts: readonly string[];
  readonly at: number;
  readonly values: [string, string][];
}

function search<T>(resource: Resource<T>, method: string, { parts, at, values }: Search): T | undefined {
  const part = parts[at];
  if (part === undefined) return terminal(resource, method);
  const fixed = resource.fixed.get(part);
  const found = fixed && search(fixed, method, { parts, at: at + 1, values });
  if (found !== undefined) return found;
  const { variable, greedy } = resource;
  if (variable && part !== "") {
    values.push([variable.name, part]);
    const below = search(variable.resource, method, { parts, at: at + 1, values });
    if (below !== undefined) return below;
    values.pop();
  }
  const route = greedy && terminal(greedy.resource, method);
  if (greedy && route !== undefined) values.push([greedy.name, parts.slice(at).join("/")]);
  return route;
}

function terminal<T>({ methods }: Resource<T>, method: string): T | undefined {
  const own = methods.get(method);
  if (own !== undefined) return own;
  return anyMethods.includes(method) ? methods.get("ANY") : undefined;
}
