/** A request. */
export interface Call {
  /** Path parameters for `:organization`, `:id` and so on, in order. */
  readonly ids: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Buffer;
  /** Where the stand-in is: `https://localhost:1234`. */
  readonly origin: string;
}

/** JSON, bytes, or nothing but a status. */
export interface Answer {
  readonly status?: number;
  readonly json?: object;
  readonly bytes?: Buffer;
}

/** `GET /workspaces/:id` → what answers it. */
export type Routes = Readonly<Record<string, (call: Call) => Answer>>;

/** A resource in JSON:API, as it is sent and as it is answered. */
export interface Resource {
  readonly type: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly relationships?: Readonly<Record<string, { readonly data: Resource | readonly Resource[] }>>;
}

export const notFound: Answer = { status: 404, json: { errors: [{ title: "not found" }] } };

/** The resource that is sent. */
export const sent = ({ body }: Call): Resource => JSON.parse(body.toString()).data;

/** A resource, or that there is none. */
export const one = (data: Resource | undefined, status = 200): Answer => (data ? { status, json: { data } } : notFound);

/** All of a list, on one page. */
export const all = (data: readonly Resource[]): Answer => ({
  json: { data, meta: { pagination: { "current-page": 1, "total-pages": 1, "total-count": data.length } } },
});

let made = 0;

/** An id that no other resource has: `ws-1`. */
export function newId(kind: string): string {
  made += 1;
  return `${kind}-${made}`;
}
