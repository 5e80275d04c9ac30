/** A metric's namespace, name and dimensions, in whichever order those stand. */
export const metricKey = (namespace: string, name: string, dimensions: Readonly<Record<string, string>>): string =>
  [
    namespace,
    name,
    ...Object.entries(dimensions)
      .sort()
      .map((dimension) => dimension.join("=")),
  ].join(" ");
