import { html } from "./htm.js";

const [boxHeight, gap, width] = [28, 7, 560];
/** Of a column: where it begins, and how wide its boxes are. */
const lanes = [
  { x: 0, boxWidth: 96 },
  { x: 164, boxWidth: 158 },
  { x: 390, boxWidth: 170 },
];
/** @type {Readonly<Record<string, number>>} */
const columns = { api: 0, schedule: 0, function: 1 };

/**
 * A name without what all names of a stack begin with.
 *
 * @param {string} name
 * @param {string} stack
 */
const own = (name, stack) => name.replace(`${stack}-`, "").replace(/-\d{12}-[a-z0-9-]+$/, "");

/**
 * As much of a name as fits a box.
 *
 * @param {string} text
 * @param {number} boxWidth
 */
function clipped(text, boxWidth) {
  const most = Math.floor((boxWidth - 24) / 6.1);
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/**
 * The parts of a system and what leads from one to another, with how often it did.
 *
 * @param {{ map: any }} properties
 */
export function SystemMap({ map }) {
  const { nodes, edges, stack, system } = map;
  /** @type {any[][]} */
  const byColumn = [[], [], []];
  for (const node of nodes) byColumn[columns[node.kind] ?? 2]?.push(node);
  const rows = Math.max(...byColumn.map((column) => column.length), 1);
  const height = rows * (boxHeight + gap) + 8;
  const places = new Map(
    byColumn.flatMap((column, at) => {
      const lane = lanes[at] ?? { x: 0, boxWidth: 0 };
      const step = height / (column.length + 1);
      return column.map((node, row) => [node.id, { ...lane, y: step * (row + 1) - boxHeight / 2, column: at }]);
    }),
  );
  const most = Math.max(1, ...edges.map((/** @type {any} */ { count }) => count));
  /** @type {Map<string, number>} */
  const leaving = new Map();
  const drawn = edges.flatMap((/** @type {any} */ edge) => {
    const [from, to] = [places.get(edge.from), places.get(edge.to)];
    if (!from || !to) return [];
    const back = to.column <= from.column;
    // Within a column, round the boxes between them.
    const same = to.column === from.column;
    const [x1, x2] = [from.x + (back ? 0 : from.boxWidth), to.x + (back && !same ? to.boxWidth : 0)];
    const [y1, y2] = [from.y + boxHeight / 2, to.y + boxHeight / 2];
    const bend = (x2 - x1) / 2;
    const [bend1, bend2] = same ? [-44, -44] : [bend, -bend];
    // Near what has many of them below each other: functions.
    const label = back ? 0.5 : to.column === 2 ? 0.2 + 0.22 * (leaving.get(edge.from) ?? 0) : 0.72;
    if (edge.count > 0) leaving.set(edge.from, (leaving.get(edge.from) ?? 0) + 1);
    // Where a cubic curve is at that share of its way.
    const [a, b] = [1 - label, label];
    const x = a ** 3 * x1 + 3 * a * a * b * (x1 + bend1) + 3 * a * b * b * (x2 + bend2) + b ** 3 * x2;
    const y = a ** 3 * y1 + 3 * a * a * b * y1 + 3 * a * b * b * y2 + b ** 3 * y2;
    return [{ ...edge, path: `M${x1} ${y1}C${x1 + bend1} ${y1} ${x2 + bend2} ${y2} ${x2} ${y2}`, x, y }];
  });
  const kind = (/** @type {any} */ { count, bad }) => (bad > 0 ? "is-bad" : count > 0 ? "is-used" : "");
  return html`<svg class="map" viewBox="0 0 ${width} ${height}" role="img" aria-label="The parts of ${system}: ${edges.length} arrows">
    ${drawn.map((/** @type {any} */ edge) => html`<path key=${`${edge.from} ${edge.to}`} class="edge ${kind(edge)}" d=${edge.path} stroke-width=${1 + (2 * edge.count) / most} />`)}
    ${drawn.map((/** @type {any} */ edge) => edge.count > 0 && html`<text key=${`${edge.from} ${edge.to}`} class="edge-count ${kind(edge)}" x=${edge.x} y=${edge.y + 4} text-anchor="middle">${edge.count}</text>`)}
    ${nodes.map((/** @type {any} */ node) => {
      const { x, y, boxWidth } = places.get(node.id) ?? { x: 0, y: 0, boxWidth: 0 };
      const name = node.kind === "parameter" ? node.name.split("/").at(-1) : own(node.name, stack);
      return html`<a key=${node.id} href=${node.href} aria-label="${node.kind} ${node.name}"><title>${node.kind} ${node.name}</title>
        <rect class="node ${node.kind}" x=${x + 0.5} y=${y} width=${boxWidth - 1} height=${boxHeight} rx="6" />
        <rect class="node-mark ${node.kind}" x=${x + 7} y=${y + 10} width="8" height="8" rx="2" />
        <text class="node-name" x=${x + 21} y=${y + 18}>${clipped(name, boxWidth)}</text></a>`;
    })}
  </svg>`;
}
