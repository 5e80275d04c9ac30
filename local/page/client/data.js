import { post, useData } from "./api.js";
import { Bus } from "./bus.js";
import { html, useEffect, useRef, useState } from "./htm.js";
import { Copy, Empty, Failed, Filters, Head, Loading, Search, Tag } from "./parts.js";
import { filtersOf, go } from "./place.js";
import { Schedule } from "./schedule.js";
import { Table } from "./table.js";
import { clock, pretty, size } from "./text.js";
import { Refusal, useWork } from "./work.js";

/**
 * @param {string} operation
 * @param {object} input
 */
const aws = (operation, input) => post(`/api/aws/${operation}`, input);

/** @param {{ bucket: any }} properties */
function Bucket({ bucket }) {
  const [prefix, setPrefix] = useState("");
  const [objects, setObjects] = useState(/** @type {any[] | undefined} */ (undefined));
  const [more, setMore] = useState(
    /** @type {{ Prefix: string, ContinuationToken: string } | undefined} */ (undefined),
  );
  const [open, setOpen] = useState(/** @type {any} */ (undefined));
  const { error, run } = useWork();
  const turn = useRef(0);
  const list = (/** @type {typeof more} */ after = undefined) =>
    run(async () => {
      const started = turn.current + 1;
      turn.current = started;
      const page = after ?? { Prefix: prefix };
      const found = await aws("s3/ListObjectsV2", { Bucket: bucket.name, MaxKeys: 200, ...page });
      // Somebody asked for others meanwhile.
      if (turn.current !== started) return;
      const { Contents = [], NextContinuationToken: next } = found;
      setObjects((before = []) => (after === undefined ? Contents : [...before, ...Contents]));
      setMore(next && { Prefix: page.Prefix, ContinuationToken: next });
    });
  useEffect(() => void list(), [prefix]);
  const versionsOf = async (/** @type {string} */ key) => {
    const { Versions = [] } = await aws("s3/ListObjectVersions", { Bucket: bucket.name, Prefix: key, MaxKeys: 100 });
    return Versions.filter((/** @type {any} */ version) => version.Key === key);
  };
  const load = (/** @type {string} */ key, /** @type {string | undefined} */ version = undefined) =>
    run(async () => {
      const found = await aws("s3/GetObject", { Bucket: bucket.name, Key: key, VersionId: version });
      const bytes = Uint8Array.from(atob(found.Body ?? ""), (letter) => letter.charCodeAt(0));
      const text = new TextDecoder().decode(bytes);
      const versions = await versionsOf(key);
      setOpen({
        key,
        versions,
        ...found,
        text: text.includes("\u0000") || text.includes("\ufffd") ? undefined : text,
        bytes,
      });
    });
  const remove = (/** @type {string} */ key) =>
    confirm(`Delete ${key}?`) &&
    run(async () => {
      await aws("s3/DeleteObject", { Bucket: bucket.name, Key: key });
      setOpen(undefined);
      await list();
    });
  const upload = (/** @type {any} */ event) =>
    run(async () => {
      for (const file of event.target.files) {
        const bytes = new Uint8Array(await file.arrayBuffer());
        const parts = Array.from({ length: Math.ceil(bytes.length / 0x8000) }, (_, at) =>
          String.fromCharCode(...bytes.subarray(at * 0x8000, (at + 1) * 0x8000)),
        );
        await aws("s3/PutObject", {
          Bucket: bucket.name,
          Key: `${prefix}${file.name}`,
          Body: btoa(parts.join("")),
          ContentType: file.type || undefined,
        });
      }
      await list();
    });
  const save = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([open.bytes], { type: "application/octet-stream" }));
    link.download = open.key.split("/").at(-1);
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  return html`
    <div class="row">
      <label class="field grow"><span>Keys that begin with</span><input value=${prefix} spellcheck=${false} onInput=${(/** @type {any} */ event) => setPrefix(event.target.value)} /></label>
      <label class="field"><span>Upload files</span><input type="file" multiple onChange=${upload} /></label>
      <button type="button" onClick=${() => list()}>Refresh</button>
    </div>
    <${Refusal} error=${error} />
    ${
      open &&
      html`<section class="editor" aria-label="Object">
      <div class="detail-head"><h3 class="wrap">${open.key}</h3><span class="row"><button type="button" class="small" onClick=${save}>Download</button><button type="button" class="small danger" onClick=${() => remove(open.key)}>Delete</button><button type="button" class="small" onClick=${() => setOpen(undefined)}>Close</button></span></div>
      <p class="dim small-text">${size(open.bytes.length)} · ${open.ContentType ?? ""} · ${open.ETag ?? ""}</p>
      ${open.versions.length > 1 && html`<p class="row" aria-label="Versions">${open.versions.map((/** @type {any} */ one) => html`<button type="button" class="small" key=${one.VersionId} aria-pressed=${one.VersionId === open.VersionId} title=${one.VersionId} onClick=${() => load(open.key, one.VersionId)}>${new Date(one.LastModified).toLocaleString("sv-SE")}${one.IsLatest ? ", latest" : ""}</button>`)}</p>`}
      ${open.text === undefined ? html`<p class="dim">No text, so it is not shown.</p>` : html`<pre class="body">${pretty(open.text.slice(0, 200_000))}</pre>`}
    </section>`
    }
    ${
      !objects
        ? !error && html`<${Loading} />`
        : objects.length === 0
          ? html`<${Empty} title="No objects">${prefix === "" ? "Nothing was put into this bucket." : "No key begins so."}</${Empty}>`
          : html`<table class="list" aria-label="Objects"><thead><tr><th>Key</th><th class="num">Size</th><th>Changed</th></tr></thead><tbody>
              ${objects.map(({ Key, Size, LastModified }) => html`<tr key=${Key} onClick=${() => load(Key)}><td class="main-cell"><button type="button" class="as-link">${Key}</button></td><td class="num">${size(Size)}</td><td class="num dim">${new Date(LastModified).toLocaleString("sv-SE")}</td></tr>`)}
            </tbody></table><p class="dim">${objects.length} ${objects.length === 1 ? "object" : "objects"}. ${more !== undefined && html`<button type="button" class="small" onClick=${() => list(more)}>More</button>`}</p>`
    }`;
}

/** @param {{ queue: any }} properties */
function Queue({ queue }) {
  const [state, setState] = useState(/** @type {any} */ (undefined));
  const [messages, setMessages] = useState(/** @type {any[] | undefined} */ (undefined));
  const [body, setBody] = useState("{}");
  const { error, run } = useWork();
  const url = async (/** @type {string} */ name) => (await aws("sqs/GetQueueUrl", { QueueName: name })).QueueUrl;
  const load = async () => {
    setState(
      (await aws("sqs/GetQueueAttributes", { QueueUrl: await url(queue.name), AttributeNames: ["All"] })).Attributes,
    );
  };
  useEffect(() => {
    run(load);
    const timer = setInterval(() => !document.hidden && run(load), 2000);
    return () => clearInterval(timer);
  }, []);
  const receive = async (/** @type {number} */ seconds) => {
    const all = ["All"];
    const got = await aws("sqs/ReceiveMessage", {
      QueueUrl: await url(queue.name),
      MaxNumberOfMessages: 10,
      VisibilityTimeout: seconds,
      AttributeNames: all,
      MessageAttributeNames: all,
    });
    return got.Messages ?? [];
  };
  const send = () =>
    run(async () => {
      await aws("sqs/SendMessage", { QueueUrl: await url(queue.name), MessageBody: body });
      await load();
    });
  const purge = () =>
    confirm(`Delete all messages of ${queue.name}?`) &&
    run(async () => {
      await aws("sqs/PurgeQueue", { QueueUrl: await url(queue.name) });
      setMessages(undefined);
      await load();
    });
  const redrive = () =>
    run(async () => {
      const [source] = queue.deadLettersOf;
      for (let batch = await receive(30); batch.length > 0; batch = await receive(30)) {
        for (const { Body, MessageAttributes, ReceiptHandle } of batch) {
          await aws("sqs/SendMessage", { QueueUrl: await url(source.name), MessageBody: Body, MessageAttributes });
          await aws("sqs/DeleteMessage", { QueueUrl: await url(queue.name), ReceiptHandle });
        }
      }
      setMessages(undefined);
      await load();
    });
  const redriveCommand = async () => {
    const { variables } = await post("/api/access");
    const settings = Object.entries(variables).map(([variable, value]) => `${variable}=${value}`);
    return `${settings.join(" ")} npm run redrive -- ${await url(queue.name)}`;
  };
  const figure = (/** @type {string} */ name, /** @type {string} */ label) =>
    html`<div><dt>${label}</dt><dd>${state?.[name] ?? "–"}</dd></div>`;
  return html`
    <dl class="figures">${figure("ApproximateNumberOfMessages", "waiting")}${figure("ApproximateNumberOfMessagesNotVisible", "in flight")}${figure("ApproximateNumberOfMessagesDelayed", "delayed")}${figure("VisibilityTimeout", "visibility, s")}</dl>
    ${queue.functions.length > 0 && html`<p>Goes to ${queue.functions.map((/** @type {string} */ name) => html`<a key=${name} href="/logs?function=${encodeURIComponent(name)}">${name}</a> `)}</p>`}
    ${queue.deadLetters && html`<p class="dim">After ${queue.deadLetters.after} receives a message goes to <a href="/data?resource=queue:${encodeURIComponent(queue.deadLetters.name)}">${queue.deadLetters.name}</a>.</p>`}
    ${queue.deadLettersOf.length > 0 && html`<p class="dim">Has the messages that failed in ${queue.deadLettersOf.map((/** @type {any} */ { name }) => name).join(", ")}.</p>`}
    ${queue.failuresOf.length > 0 && html`<p class="dim">Has what failed for good of ${queue.failuresOf.join(", ")}. <code>npm run redrive</code> gives it back. <${Copy} label="Copy the command" what="the command" text=${redriveCommand} /></p>`}
    <div class="row">
      <button type="button" onClick=${() => run(async () => setMessages(await receive(0)))}>Receive messages</button>
      ${queue.deadLettersOf.length > 0 && html`<button type="button" onClick=${redrive}>Redrive to ${queue.deadLettersOf[0].name}</button>`}
      <button type="button" class="danger" onClick=${purge}>Purge</button>
    </div>
    <${Refusal} error=${error} />
    ${messages && (messages.length === 0 ? html`<p class="dim">No message is visible.</p>` : html`<ul class="messages">${messages.map(({ MessageId, Body, Attributes }) => html`<li key=${MessageId}><p class="dim small-text"><code>${MessageId}</code> · received ${Attributes?.ApproximateReceiveCount} times · sent ${clock(Number(Attributes?.SentTimestamp))}</p><pre class="body">${pretty(Body)}</pre></li>`)}</ul>`)}
    <label class="field block"><span>Send a message</span><textarea rows="4" value=${body} spellcheck=${false} onInput=${(/** @type {any} */ event) => setBody(event.target.value)}></textarea></label>
    <div class="row"><button type="button" class="primary" onClick=${send}>Send</button></div>`;
}

/** @param {{ topic: any }} properties */
function Topic({ topic }) {
  const { data, again } = useData(`/api/messages?topic=${encodeURIComponent(topic.arn)}`);
  const [subject, setSubject] = useState("");
  const [message, setMessage] = useState("");
  const { error, run } = useWork();
  const publish = () =>
    run(async () => {
      await aws("sns/Publish", {
        TopicArn: topic.arn,
        Message: message,
        ...(subject === "" ? {} : { Subject: subject }),
      });
      again();
    });
  return html`
    <p>${topic.subscriptions.length === 0 ? html`<span class="dim">Nobody has subscribed.</span>` : topic.subscriptions.map((/** @type {any} */ { protocol, to }) => html`<${Tag} key=${to}>${protocol}</${Tag}> ${to} `)}</p>
    <label class="field block"><span>Subject</span><input value=${subject} onInput=${(/** @type {any} */ event) => setSubject(event.target.value)} /></label>
    <label class="field block"><span>Message</span><textarea rows="4" value=${message} onInput=${(/** @type {any} */ event) => setMessage(event.target.value)}></textarea></label>
    <div class="row"><button type="button" class="primary" onClick=${publish}>Publish</button><button type="button" onClick=${again}>Refresh</button></div>
    <${Refusal} error=${error} />
    ${data && data.messages.length === 0 && html`<${Empty} title="No messages yet">What is published stands here, as mail where it goes by mail.</${Empty}>`}
    <ul class="messages">${data?.messages.map((/** @type {any} */ one, /** @type {number} */ at) => html`<li key=${at}><p><b>${one.subject ?? "No subject"}</b> <span class="dim small-text">${clock(one.at)} to ${one.to.length > 0 ? one.to.join(", ") : "nobody"}</span></p><pre class="body">${pretty(one.message)}</pre>${one.dropped.map((/** @type {any} */ { to, why }) => html`<p key=${to} class="dim wrap">${to} does not get it: ${why}.</p>`)}</li>`)}</ul>`;
}

/** @param {{ parameter: any }} properties */
function Parameter({ parameter }) {
  const [value, setValue] = useState(/** @type {string | undefined} */ (undefined));
  const { error, run } = useWork();
  const reveal = () =>
    run(async () =>
      setValue((await aws("ssm/GetParameter", { Name: parameter.name, WithDecryption: true })).Parameter.Value),
    );
  return html`
    <p class="facts"><${Tag}>${parameter.type}</${Tag}> <span class="dim">${parameter.version === null ? "deleted" : `version ${parameter.version}`}</span></p>
    ${value === undefined ? html`<p><button type="button" onClick=${reveal}>Show the value</button></p>` : html`<pre class="body">${pretty(value)}</pre>`}
    <${Refusal} error=${error} />`;
}

/** @type {Readonly<Record<string, (resource: any) => unknown>>} */
const views = {
  table: (table) => html`
    ${table.functions.length > 0 && html`<p>Its changes go to ${table.functions.map((/** @type {string} */ name) => html`<a key=${name} href="/logs?function=${encodeURIComponent(name)}">${name}</a> `)}</p>`}
    <${Table} table=${table} />`,
  bucket: (bucket) => html`<${Bucket} bucket=${bucket} />`,
  queue: (queue) => html`<${Queue} queue=${queue} />`,
  topic: (topic) => html`<${Topic} topic=${topic} />`,
  bus: (bus) => html`<${Bus} bus=${bus} />`,
  schedule: (schedule) => html`<${Schedule} schedule=${schedule} />`,
  parameter: (parameter) => html`<${Parameter} parameter=${parameter} />`,
};

/** Of a kind, where the server lists those that there are. */
const listOf = (/** @type {string} */ kind) => (kind === "bus" ? "buses" : `${kind}s`);

/**
 * The depth of each queue by its name, now and then anew.
 *
 * @returns {Map<string, { waiting: number, inFlight: number }>}
 */
function useDepths() {
  const { data, again } = useData("/api/queues");
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && again(), 2000);
    return () => clearInterval(timer);
  }, []);
  return new Map(data?.queues.map((/** @type {any} */ queue) => [queue.name, queue]));
}

/** @param {{ depth: { waiting: number, inFlight: number } | undefined }} properties */
function Depth({ depth }) {
  const { waiting = 0, inFlight = 0 } = depth ?? {};
  if (waiting + inFlight === 0) return undefined;
  const words = `${waiting} waiting, ${inFlight} in flight`;
  return html`<${Tag} kind="warn"><span title=${words} aria-label=${words}>${waiting}${inFlight > 0 ? ` + ${inFlight}` : ""}</span></${Tag}>`;
}

/** @param {{ place: URL }} properties */
export function Data({ place }) {
  const { values } = filtersOf(place, ["resource", "find"]);
  const { set, clear } = filtersOf(place, ["find"]);
  const { data, error, again } = useData("/api/resources");
  const depths = useDepths();
  if (error && !data) return html`<${Head} title="Data" /><${Failed} error=${error} again=${again} />`;
  if (!data) return html`<${Head} title="Data" /><${Loading} />`;
  const all = data.systems.flatMap((/** @type {any} */ system) =>
    Object.keys(views).flatMap((kind) =>
      system[listOf(kind)].map((/** @type {any} */ resource) => ({
        kind,
        system: system.system,
        id: `${kind}:${resource.name}`,
        resource,
      })),
    ),
  );
  const selected = all.find((/** @type {any} */ { id }) => id === values.resource) ?? all[0];
  if (!selected)
    return html`<${Head} title="Data" /><${Empty} title="No data">The systems keep none, or are starting.</${Empty}>`;
  const wanted = (values.find ?? "").toLowerCase();
  const found = all.filter((/** @type {any} */ { id, system }) => `${id} ${system}`.toLowerCase().includes(wanted));
  const query = wanted === "" ? "" : `&find=${encodeURIComponent(values.find ?? "")}`;
  return html`
    <${Head} title="Data" />
    <${Filters} isNarrowed=${wanted !== ""} onClear=${clear}>
      <${Search} label="Find" value=${values.find ?? ""} placeholder="name, kind, system" onInput=${(/** @type {string} */ find) => set({ find })} />
    </${Filters}>
    <div class="split narrow">
      <div class="list-pane">${
        found.length === 0
          ? html`<${Empty} title="Nothing has such a name" />`
          : html`<table class="list" aria-label="Resources"><tbody>
        ${found.map((/** @type {any} */ { kind, id, resource }) => {
          const href = `/data?resource=${encodeURIComponent(id)}${query}`;
          return html`<tr key=${id} class=${id === selected.id ? "selected" : ""} onClick=${() => go(href)}><td class="wrap"><a class="plain-link" href=${href}>${resource.name}</a> ${kind === "queue" && html`<${Depth} depth=${depths.get(resource.name)} />`}</td><td class="dim">${kind}</td></tr>`;
        })}
      </tbody></table>`
      }</div>
      <article class="detail" key=${selected.id} aria-label=${selected.resource.name}><header class="detail-head"><h2 class="wrap">${selected.resource.name}</h2><${Tag}>${selected.kind}</${Tag}></header>${views[selected.kind]?.(selected.resource)}</article>
    </div>`;
}
