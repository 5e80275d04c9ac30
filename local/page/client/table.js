import { post } from "./api.js";
import { html, useEffect, useRef, useState } from "./htm.js";
import { Empty, Loading } from "./parts.js";

/** Items of a page; of those that a filter looks through, more. */
const [PAGE, FILTERED_PAGE] = [100, 1000];
/** So many pages without a match are read in one go. */
const MOST_PAGES = 100;

/** Comparisons of a sort key, and how they are written in a key condition. */
/** @type {Readonly<Record<string, (name: string) => string>>} */
const comparisons = {
  "=": (name) => `${name} = :s`,
  "<": (name) => `${name} < :s`,
  "<=": (name) => `${name} <= :s`,
  ">": (name) => `${name} > :s`,
  ">=": (name) => `${name} >= :s`,
  "begins with": (name) => `begins_with(${name}, :s)`,
  between: (name) => `${name} BETWEEN :s AND :t`,
};

/** Conditions on any attribute, likewise. */
/** @type {Readonly<Record<string, (name: string) => string>>} */
const filters = {
  ...comparisons,
  "<>": (name) => `${name} <> :s`,
  contains: (name) => `contains(${name}, :s)`,
  in: (name) => `${name} IN (:s, :t)`,
  exists: (name) => `attribute_exists(${name})`,
  "does not exist": (name) => `attribute_not_exists(${name})`,
  "is of type": (name) => `attribute_type(${name}, :s)`,
  "size >": (name) => `size(${name}) > :s`,
};

/**
 * An attribute's value in few words.
 *
 * @param {any} value
 * @returns {string}
 */
function short(value) {
  if (value === undefined) return "";
  const [type = "", content] = Object.entries(value)[0] ?? [];
  if (type === "M")
    return `{${Object.entries(content)
      .map(([name, member]) => `${name}: ${short(member)}`)
      .join(", ")}}`;
  if (type === "L") return `[${content.map(short).join(", ")}]`;
  if (type === "NULL") return "null";
  return Array.isArray(content) ? `{${content.join(", ")}}` : String(content);
}

/** @param {string} text */
const clipped = (text) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

/**
 * @param {{ name: string, type: string }[]} keys
 * @param {any} item
 */
const keyOf = (keys, item) => Object.fromEntries(keys.map(({ name }) => [name, item[name]]));

/**
 * The input of a query or a scan, from what a person chose.
 *
 * @param {any} table
 * @param {any} asked
 */
export function inputOf(table, asked) {
  const index = table.indexes.find((/** @type {any} */ { name }) => name === asked.index);
  const [partition, sort] = (index ?? table).keys;
  /** @type {Record<string, string>} */
  const names = {};
  /** @type {Record<string, object>} */
  const values = {};
  const conditions = [];
  if (asked.partition !== "") {
    names["#p"] = partition.name;
    values[":p"] = { [partition.type]: asked.partition };
    conditions.push("#p = :p");
    if (sort && asked.sort !== "") {
      names["#s"] = sort.name;
      values[":s"] = { [sort.type]: asked.sort };
      if (asked.comparison === "between") values[":t"] = { [sort.type]: asked.sortTo };
      conditions.push(comparisons[asked.comparison]?.("#s") ?? "");
    }
  }
  let filter;
  if (asked.attribute !== "") {
    names["#f"] = asked.attribute;
    const written = filters[asked.operator]?.("#f") ?? "";
    const type = asked.operator === "size >" ? "N" : asked.operator === "is of type" ? "S" : asked.type;
    if (written.includes(":s")) values[":f"] = { [type]: asked.value };
    if (written.includes(":t")) values[":g"] = { [type]: asked.valueTo };
    filter = written.replace(":s", ":f").replace(":t", ":g");
  }
  return {
    operation: conditions.length > 0 ? "Query" : "Scan",
    input: {
      TableName: table.name,
      Limit: filter ? FILTERED_PAGE : PAGE,
      ...(index ? { IndexName: index.name } : {}),
      ...(conditions.length > 0
        ? { KeyConditionExpression: conditions.join(" AND "), ScanIndexForward: asked.order === "up" }
        : {}),
      ...(filter ? { FilterExpression: filter } : {}),
      ...(Object.keys(names).length > 0 ? { ExpressionAttributeNames: names } : {}),
      ...(Object.keys(values).length > 0 ? { ExpressionAttributeValues: values } : {}),
    },
  };
}

/**
 * An item with a line for each attribute.
 *
 * @param {any} item
 */
const linesOf = (item) =>
  `{\n${Object.entries(item)
    .map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
    .join(",\n")}\n}`;

/** @param {{ table: any, item: any, isNew: boolean, onDone: () => void }} properties */
function Item({ table, item, isNew, onDone }) {
  const [text, setText] = useState(() => linesOf(item));
  const [error, setError] = useState(/** @type {Error | undefined} */ (undefined));
  const run = async (/** @type {() => Promise<unknown>} */ work) => {
    setError(undefined);
    await work().then(onDone, setError);
  };
  const [first] = table.keys;
  const save = () =>
    run(async () => {
      const condition = isNew
        ? { ConditionExpression: "attribute_not_exists(#k)", ExpressionAttributeNames: { "#k": first.name } }
        : {};
      return post("/api/aws/dynamodb/PutItem", { TableName: table.name, Item: JSON.parse(text), ...condition });
    });
  const remove = () =>
    confirm("Delete this item?") &&
    run(() => post("/api/aws/dynamodb/DeleteItem", { TableName: table.name, Key: keyOf(table.keys, item) }));
  return html`<section class="editor" aria-label=${isNew ? "New item" : "Item"}>
    <label class="field block"><span>${isNew ? "A new item" : "The item"}, with DynamoDB's types</span><textarea rows="12" value=${text} spellcheck=${false} onInput=${(/** @type {any} */ event) => setText(event.target.value)}></textarea></label>
    ${error && html`<p class="bad-text wrap" role="alert">${error.message}</p>`}
    <div class="row"><button type="button" class="primary" onClick=${save}>Put</button>${!isNew && html`<button type="button" class="danger" onClick=${remove}>Delete</button>`}<button type="button" onClick=${onDone}>Close</button></div>
  </section>`;
}

/** A table: queries, scans, items. @param {{ table: any }} properties */
export function Table({ table }) {
  const nothing = {
    index: "",
    partition: "",
    comparison: "=",
    sort: "",
    sortTo: "",
    order: "up",
    attribute: "",
    operator: "=",
    type: "S",
    value: "",
    valueTo: "",
  };
  const [asked, setAsked] = useState(/** @type {any} */ (nothing));
  const [page, setPage] = useState(/** @type {any} */ (undefined));
  const [open, setOpen] = useState(/** @type {any} */ (undefined));
  const [error, setError] = useState(/** @type {Error | undefined} */ (undefined));
  const [said, setSaid] = useState("");
  const turn = useRef(0);
  const readPage = async (/** @type {any} */ after) => {
    setError(undefined);
    // What follows is of what the first items were read by, whatever stands in the form by now.
    const { operation, input } = after ? page.read : inputOf(table, asked);
    /** @type {any[]} */
    const items = after ? [...page.Items] : [];
    let [scanned, next, pages] = [after ? page.scanned : 0, after, 0];
    const [had, started] = [items.length, turn.current + 1];
    turn.current = started;
    try {
      do {
        const found = await post(`/api/aws/dynamodb/${operation}`, {
          ...input,
          ...(next ? { ExclusiveStartKey: next } : {}),
        });
        // Somebody asked for something else meanwhile.
        if (turn.current !== started) return;
        items.push(...found.Items);
        [scanned, next, pages] = [scanned + found.ScannedCount, found.LastEvaluatedKey, pages + 1];
        if (next && items.length === had) setSaid(`${scanned} scanned…`);
      } while (next && items.length === had && pages < MOST_PAGES);
      setSaid("");
      setPage({ Items: items, scanned, LastEvaluatedKey: next, read: { operation, input } });
    } catch (failure) {
      if (turn.current !== started) return;
      setError(failure instanceof Error ? failure : new Error(String(failure)));
    }
  };
  useEffect(() => void readPage(undefined), []);
  const index = table.indexes.find((/** @type {any} */ { name }) => name === asked.index) ?? table;
  const [partition, sort] = index.keys;
  const value = (/** @type {string} */ name) => (/** @type {any} */ event) =>
    setAsked((/** @type {any} */ before) => ({ ...before, [name]: event.target.value }));
  const input = (/** @type {string} */ name, /** @type {string} */ label) =>
    html`<label class="field grow"><span>${label}</span><input value=${asked[name]} spellcheck=${false} autocomplete="off" onInput=${value(name)} /></label>`;
  const choice = (/** @type {string} */ name, /** @type {string} */ label, /** @type {readonly string[]} */ options) =>
    html`<label class="field"><span>${label}</span><select value=${asked[name]} onChange=${value(name)}>${options.map((option) => html`<option key=${option} value=${option}>${option === "" ? "the table" : option}</option>`)}</select></label>`;
  const names = [
    ...new Set([
      ...table.keys.map((/** @type {any} */ { name }) => name),
      ...(page?.Items ?? []).flatMap((/** @type {any} */ item) => Object.keys(item).sort()),
    ]),
  ];
  const columns = names.slice(0, 6);
  const save = async () => {
    setError(undefined);
    const { operation, input } = inputOf(table, asked);
    // Nothing of it is drawn, so that a page may have all that DynamoDB gives at once.
    const { Limit: _, ...all } = input;
    /** @type {string[]} */
    const lines = [];
    let next;
    try {
      do {
        const more = next ? { ExclusiveStartKey: next } : {};
        const found = await post(`/api/aws/dynamodb/${operation}`, { ...all, ...more });
        for (const item of found.Items) lines.push(`${JSON.stringify(item)}\n`);
        next = found.LastEvaluatedKey;
        setSaid(`${lines.length} items were read`);
      } while (next);
    } catch (failure) {
      return setError(failure instanceof Error ? failure : new Error(String(failure)));
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(lines, { type: "application/jsonl" }));
    link.download = `${table.name}.jsonl`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  const load = async (/** @type {any} */ event) => {
    setError(undefined);
    let count = 0;
    try {
      for (const line of (await event.target.files[0].text()).split("\n")) {
        if (line.trim() === "") continue;
        await post("/api/aws/dynamodb/PutItem", { TableName: table.name, Item: JSON.parse(line) });
        count += 1;
      }
    } catch (failure) {
      setError(new Error(`line ${count + 1}: ${failure instanceof Error ? failure.message : failure}`));
    }
    await readPage(undefined);
    setSaid(`${count} items were put`);
  };
  const done = () => {
    setOpen(undefined);
    readPage(undefined);
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    readPage(undefined);
  };
  const more =
    page?.LastEvaluatedKey &&
    html`<button type="button" class="small" onClick=${() => readPage(page.LastEvaluatedKey)}>More</button>`;
  return html`
    <form class="query" onSubmit=${submit} aria-label="Query">
      <div class="row">${choice("index", "In", ["", ...table.indexes.map((/** @type {any} */ { name }) => name)])}
        ${input("partition", `${partition.name} (${partition.type}) =`)}
        ${sort && html`${choice("comparison", sort.name, Object.keys(comparisons))}${input("sort", sort.type)}${asked.comparison === "between" && input("sortTo", "and")}${choice("order", "Order", ["up", "down"])}`}</div>
      <div class="row">${input("attribute", "Only where")}${choice("operator", "is", Object.keys(filters))}${choice("type", "Type", ["S", "N", "BOOL", "B"])}${input("value", "Value")}${["between", "in"].includes(asked.operator) && input("valueTo", "and")}
        <button class="primary">${asked.partition === "" ? "Scan" : "Query"}</button></div>
    </form>
    <div class="row"><button type="button" onClick=${() => setOpen({ item: Object.fromEntries(table.keys.map((/** @type {any} */ { name, type }) => [name, { [type]: "" }])), isNew: true })}>New item</button>
      <button type="button" onClick=${save} disabled=${!page?.Items?.length}>Export JSON lines</button>
      <label class="field"><span>Import JSON lines</span><input type="file" accept=".jsonl,.ndjson,.json,.txt" onChange=${load} /></label><span class="dim" role="status">${said}</span></div>
    ${error && html`<p class="bad-text wrap" role="alert">${error.message}</p>`}
    ${open && html`<${Item} key=${JSON.stringify(open)} table=${table} item=${open.item} isNew=${open.isNew} onDone=${done} />`}
    ${
      !page
        ? !error && html`<${Loading} />`
        : page.Items.length === 0
          ? html`<${Empty} title="No items">${page.scanned > 0 ? `${page.scanned} were scanned, and none matches. ` : "Nothing is there."}${more}</${Empty}>`
          : html`<div class="scroll"><table class="list" aria-label="Items"><thead><tr>${columns.map((name) => html`<th key=${name}>${name}</th>`)}</tr></thead><tbody>
              ${page.Items.map((/** @type {any} */ item) => html`<tr key=${JSON.stringify(keyOf(table.keys, item))} onClick=${() => setOpen({ item, isNew: false })}>${columns.map((name, at) => html`<td key=${name} class="cell"><code>${at === 0 ? html`<button type="button" class="as-link">${clipped(short(item[name]))}</button>` : clipped(short(item[name]))}</code></td>`)}</tr>`)}
            </tbody></table></div>
            <p class="dim">${page.Items.length} items${names.length > columns.length ? `; not shown: ${names.slice(6).join(", ")}` : ""}${page.scanned > page.Items.length ? `, of ${page.scanned} scanned` : ""}. ${more}</p>`
    }`;
}
