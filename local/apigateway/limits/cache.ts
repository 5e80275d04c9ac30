import { apiGatewayLimits } from "../../../aws/limits";
import type { EffectiveSettings } from "../definition/method-settings";
import type { RouteDefinition } from "../definition/route-definition";
import type { Exchange } from "../request/exchange";
import { requestParameter } from "../request/request-parameter";
import type { Answer } from "../response/answer";
import { type Refusal, refusal } from "../response/refusal";

/** Capacity of a stage's cache here, in bytes. At AWS it is at least eight times as much. */
const cacheCapacity = 64 * 1_048_576;
/**
 * The value that browsers send on reload, and the only one that invalidates an entry (developer guide, "Cache settings for
 * REST APIs in API Gateway": Invalidate an API Gateway cache entry).
 */
const reload = /(?:^|[\s,])max-age\s*=\s*0(?:[\s,]|$)/i;

interface Entry {
  /** The method that it is an answer of. */
  readonly owner: object;
  readonly answer: Answer;
  readonly expiresAt: number;
  readonly size: number;
}

/** A stage's cache. What was not asked for the longest goes first when it is full. */
export class StageCache {
  private readonly entries = new Map<string, Entry>();
  private size = 0;

  /** The answer that is kept under a key, while it lives. */
  find(key: string, now: number): Answer | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    this.remove(key, entry);
    if (now >= entry.expiresAt) return undefined;
    this.add(key, entry);
    return entry.answer;
  }

  keep(key: string, { owner, answer, expiresAt }: Pick<Entry, "owner" | "answer" | "expiresAt">): void {
    const length = typeof answer.body === "string" ? Buffer.byteLength(answer.body) : answer.body.length;
    const headers = answer.headers.reduce((sum, text) => sum + text.length, 0);
    const old = this.entries.get(key);
    if (old) this.remove(key, old);
    if (length > apiGatewayLimits.cachedResponseBytes) return;
    this.add(key, { owner, answer, expiresAt, size: length + headers + 2 * key.length + 512 });
    for (const [eldest, entry] of this.entries) {
      if (this.size <= cacheCapacity) break;
      this.remove(eldest, entry);
    }
  }

  /** Forgets the answers of a method. */
  forget(owner: object): void {
    for (const [key, entry] of this.entries) if (entry.owner === owner) this.remove(key, entry);
  }

  private add(key: string, entry: Entry): void {
    this.entries.set(key, entry);
    this.size += entry.size;
  }

  private remove(key: string, entry: Entry): void {
    this.entries.delete(key);
    this.size -= entry.size;
  }
}

/** Lookup and storage of a cached method's answers. */
export interface MethodCache {
  /** A kept answer, a refusal, or how to store the new answer. */
  lookup(exchange: Exchange): CacheLookup;
  /** Forgets its answers, and those that are under way: there is new code to give others. */
  flush(): void;
}

type CacheLookup =
  | { readonly answer: Answer }
  | { readonly refusal: Refusal }
  | { readonly store: (answer: Answer) => Answer };

const warning = ["Warning", "199 Cache-control headers were ignored because the caller was unauthorized."];

/** The cache of a method, and the part of a key that separates callers who may not share answers. */
export interface CachePlace {
  readonly cache: StageCache;
  /** The ARN of the method, as permissions name it. */
  readonly methodArn: (method: string) => string;
  /** Part of the key: whether the caller takes binary answers. */
  readonly variant: (exchange: Exchange) => string;
}

/** Compiles the cache of a method; undefined if it has none. The key is made of the key parameters alone. */
export function compileCache(
  definition: RouteDefinition,
  settings: EffectiveSettings,
  { cache, methodArn, variant }: CachePlace,
): MethodCache | undefined {
  const ttl = settings.cacheTtlInSeconds * 1000;
  if (!settings.cachingEnabled || ttl === 0) return undefined;
  const keyOf = compileKey(definition, variant);
  const strategy = settings.unauthorizedCacheControlHeaderStrategy;
  let flushes = 0;
  return {
    flush() {
      flushes += 1;
      cache.forget(definition);
    },
    lookup(exchange) {
      const reloads = reload.test(exchange.headers.get("cache-control") ?? "");
      // Nobody signs requests to this gateway, so nobody is allowed to invalidate.
      const unauthorized = reloads && settings.requireAuthorizationForCacheControl;
      if (unauthorized && strategy === "FAIL_WITH_403") return { refusal: denied(methodArn(exchange.method)) };
      const finish = unauthorized && strategy === "SUCCEED_WITH_RESPONSE_HEADER" ? warned : unchanged;
      const key = keyOf(exchange);
      const kept = reloads && !unauthorized ? undefined : cache.find(key, exchange.steadyStart);
      exchange.cache = kept ? "hit" : "miss";
      if (kept) return { answer: finish(kept) };
      const before = flushes;
      return {
        store(answer) {
          const expiresAt = exchange.steadyStart + ttl;
          if (flushes === before) cache.keep(key, { owner: definition, answer, expiresAt });
          return finish(answer);
        },
      };
    },
  };
}

const unchanged = (answer: Answer): Answer => answer;
const warned = (answer: Answer): Answer => ({ ...answer, headers: [...answer.headers, ...warning] });

function compileKey({ integration, resourceId }: RouteDefinition, variant: CachePlace["variant"]) {
  const namespace = integration.cacheNamespace ?? resourceId;
  const parameters = integration.cacheKeyParameters.map(
    (name) => requestParameter(name.slice("method.request.".length)) ?? (() => undefined),
  );
  return (exchange: Exchange): string =>
    JSON.stringify([namespace, exchange.method, variant(exchange), ...parameters.map((value) => value(exchange))]);
}

function denied(methodArn: string): Refusal {
  const message = `User: anonymous is not authorized to perform: execute-api:InvalidateCache on resource: ${methodArn}`;
  return refusal("ACCESS_DENIED", message);
}
