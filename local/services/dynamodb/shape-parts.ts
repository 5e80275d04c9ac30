import type { Shape, Shapes } from "./constraints";

/** Parts of which the shapes of requests are made. */

export const namePattern = /^[a-zA-Z0-9_.-]+$/;

export const flag: Shape = { type: "boolean" };
export const words: Shape = { type: "text" };
/** Of members that change what is in the cloud alone. */
export const notEmulated: Shape = { type: "notEmulated" };
export const value: Shape = { type: "value" };
export const item: Shape = { type: "map" };
export const requiredItem: Shape = { type: "map", required: true };
export const names: Shape = { type: "map", of: words };
export const tableName: Shape = { type: "text", required: true, pattern: namePattern, min: 1, max: 255 };
export const indexName: Shape = { type: "text", pattern: namePattern, min: 3, max: 255 };
export const oneOf = (...options: string[]): Shape => ({ type: "text", options });
export const structure = (members: Shapes, more: Partial<Shape> = {}): Shape => ({
  type: "structure",
  members,
  ...more,
});
export const listOf = (of: Shape, more: Partial<Shape> = {}): Shape => ({ type: "list", of, ...more });
export const required = (shape: Shape): Shape => ({ ...shape, required: true });
