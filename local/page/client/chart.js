import { html, useRef, useState } from "./htm.js";

/** Colours that most people distinguish, on light and dark. */
const colours = ["#3b82c4", "#d9822b", "#4ca071", "#b05ccc", "#d4554d", "#3aa6a6", "#8a7f3d", "#7d8590"];

/** @param {number} value */
export function short(value) {
  if (Math.abs(value) >= 1e6) return `${Math.round(value / 1e5) / 10}M`;
  if (Math.abs(value) >= 1e4) return `${Math.round(value / 100) / 10}k`;
  return String(Math.round(value * 100) / 100);
}

/**
 * A round number at or above another one.
 *
 * @param {number} value
 */
function ceiling(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 2.5, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}

/** @param {number} at */
const hour = (at) => new Date(at).toTimeString().slice(0, 5);

/**
 * Series over time.
 *
 * @param {{ title: string, lines: readonly { label: string, points: readonly (number | null)[] }[], end: number, period:
 * number, marks?: readonly { label: string, value: number }[], height?: number }} properties
 */
export function Chart({ title, lines, end, period, marks = [], height = 130 }) {
  const [width, left, bottom, top] = [420, 42, 20, 8];
  const [seen, setSeen] = useState(-1);
  const svg = useRef(/** @type {SVGSVGElement | null} */ (null));
  const count = Math.max(1, ...lines.map(({ points }) => points.length));
  const values = lines.flatMap(({ points }) => points.filter((value) => value !== null));
  const most = ceiling(Math.max(0, ...values, ...marks.map(({ value }) => value)));
  const step = (width - left - 6) / count;
  const x = (/** @type {number} */ at) => left + (at + 0.5) * step;
  const y = (/** @type {number} */ value) => top + (1 - value / most) * (height - top - bottom);
  const path = (/** @type {readonly (number | null)[]} */ points) =>
    points
      .map((value, at) =>
        value === null
          ? ""
          : `${at > 0 && points[at - 1] !== null ? "L" : "M"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`,
      )
      .join("");
  const move = (/** @type {any} */ event) => {
    const box = svg.current?.getBoundingClientRect();
    if (box)
      setSeen(
        Math.min(count - 1, Math.max(0, Math.floor((((event.clientX - box.left) / box.width) * width - left) / step))),
      );
  };
  const timeOf = (/** @type {number} */ at) => hour(end - (count - at) * period * 60_000);
  const last = (/** @type {readonly (number | null)[]} */ points) =>
    points.findLast((value) => value !== null) ?? undefined;
  return html`<figure class="chart">
    <svg ref=${svg} viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}: ${lines.map(({ label, points }) => `${label} ${last(points) === undefined ? "nothing" : short(Number(last(points)))}`).join(", ")}"
      onMouseMove=${move} onMouseLeave=${() => setSeen(-1)}>
      ${[0, 0.5, 1].map((part) => html`<g key=${part}><line class="grid" x1=${left} x2=${width - 6} y1=${y(most * part)} y2=${y(most * part)} /><text class="axis" x=${left - 5} y=${y(most * part) + 4} text-anchor="end">${short(most * part)}</text></g>`)}
      <text class="axis" x=${left} y=${height - 4}>${timeOf(0)}</text>
      <text class="axis" x=${width - 6} y=${height - 4} text-anchor="end">${hour(end)}</text>
      ${marks.map(({ label, value }) => html`<line key=${label} class="mark" x1=${left} x2=${width - 6} y1=${y(value)} y2=${y(value)} />`)}
      ${lines.map(
        ({ label, points }, at) => html`<g key=${`${at} ${label}`}>
        <path d=${path(points)} fill="none" stroke=${colours[at % colours.length]} stroke-width="1.8" stroke-linejoin="round" />
        ${points.map((value, index) => value !== null && (points[index - 1] ?? null) === null && (points[index + 1] ?? null) === null && html`<circle key=${index} cx=${x(index)} cy=${y(value)} r="2.4" fill=${colours[at % colours.length]} />`)}
        ${seen >= 0 && (points[seen] ?? null) !== null && html`<circle cx=${x(seen)} cy=${y(Number(points[seen]))} r="3.4" fill=${colours[at % colours.length]} />`}
      </g>`,
      )}
      ${seen >= 0 && html`<line class="cursor" x1=${x(seen)} x2=${x(seen)} y1=${top} y2=${height - bottom} />`}
    </svg>
    <figcaption>${seen >= 0 && html`<span class="dim">${timeOf(seen)}</span>`}
      ${lines.map(({ label, points }, at) => {
        const value = seen >= 0 ? points[seen] : last(points);
        return html`<span key=${`${at} ${label}`} class="key"><svg class="swatch" viewBox="0 0 10 10" aria-hidden="true"><rect width="10" height="10" rx="2" fill=${colours[at % colours.length]} /></svg>${label} <b>${value === null || value === undefined ? "–" : short(value)}</b></span>`;
      })}</figcaption>
  </figure>`;
}
