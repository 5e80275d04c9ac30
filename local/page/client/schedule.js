import { post, useData } from "./api.js";
import { html, useEffect } from "./htm.js";
import { Empty, Failed, Loading, Tag } from "./parts.js";
import { pretty } from "./text.js";
import { Refusal, useWork } from "./work.js";

/**
 * With the day, in local time.
 *
 * @param {number} at
 */
const time = (at) => new Date(at).toLocaleString("sv-SE");

/** @type {Readonly<Record<string, string>>} */
const kinds = { invoked: "good", "tried again": "warn", "dead letter": "bad", dropped: "bad" };

/** @param {{ outcomes: readonly any[] }} properties */
function Outcomes({ outcomes }) {
  if (outcomes.length === 0)
    return html`<${Empty} title="Not invoked yet">What becomes of its invocations stands here.</${Empty}>`;
  return html`<table class="list" aria-label="Last invocations"><thead><tr><th>Due</th><th>Result</th><th class="num">Attempts</th><th>Why</th></tr></thead><tbody>
    ${outcomes.map(({ executionId, scheduledAt, result, attempts, error }) => html`<tr key=${executionId}><td>${time(scheduledAt)}</td><td><${Tag} kind=${kinds[result]}>${result}</${Tag}></td><td class="num">${attempts}</td><td class="wrap">${error ?? ""}</td></tr>`)}
  </tbody></table>`;
}

/**
 * When a schedule is due, what it calls, and what became of that.
 *
 * @param {{ schedule: { arn: string } }} properties
 */
export function Schedule({ schedule: { arn } }) {
  const { data, error, again } = useData("/api/schedules");
  const work = useWork();
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && again(), 2000);
    return () => clearInterval(timer);
  }, []);
  if (error && !data) return html`<${Failed} error=${error} again=${again} />`;
  if (!data) return html`<${Loading} />`;
  const schedule = data.schedules.find((/** @type {any} */ one) => one.arn === arn);
  if (!schedule) return html`<${Empty} title="Gone">The stack has it no longer.</${Empty}>`;
  const fire = () =>
    work.run(async () => {
      await post("/api/schedules/fire", { arn });
      again();
    });
  return html`
    <p class="facts"><code>${schedule.expression}</code> <span class="dim">${schedule.timeZone}</span> ${schedule.enabled ? "" : html`<${Tag} kind="warn">disabled</${Tag}>`}</p>
    <p>Calls ${schedule.target}${schedule.windowMinutes ? `, within ${schedule.windowMinutes} minutes` : ""}. <span class="dim">Where that fails it is tried ${schedule.retryAttempts} times more${schedule.deadLetters ? `, and then goes to ${schedule.deadLetters}` : ", and then is lost"}.</span></p>
    ${schedule.input && html`<pre class="body">${pretty(schedule.input)}</pre>`}
    <h3>Next, by this machine's clock</h3>
    ${schedule.next.length === 0 ? html`<p class="dim">${schedule.enabled ? "Not any more." : "Not while it is disabled."}</p>` : html`<ol class="times">${schedule.next.map((/** @type {number} */ at) => html`<li key=${at}>${time(at)}</li>`)}</ol>`}
    <div class="row"><button type="button" class="primary" onClick=${fire}>Fire now</button></div>
    <${Refusal} error=${work.error} />
    <h3>Last invocations</h3>
    <${Outcomes} outcomes=${schedule.outcomes} />`;
}
