import { isAttributes } from "./arguments";
import type { Graph, Resource } from "./graph";

/** The tags of a resource: those of all resources, and its own, which come first. */
export function tagsOf(graph: Graph, resource: Resource): Readonly<Record<string, string>> {
  const own = resource.attributes["tags"] ?? {};
  const all = Object.entries({ ...graph.file.defaultTags, ...(isAttributes(own) ? own : {}) });
  return Object.fromEntries(all.map(([key, value]) => [key, String(value)]));
}
