import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { messageOf } from "../../lib/user-error";

/** An item as DynamoDB's protocol writes it: attribute → type → value. */
export type Item = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

type Callback<T = void> = (error?: Error | null, value?: T) => void;

/** One of dynalite's key-value spaces. */
interface Space {
  get(key: string, done: Callback<Item>): void;
  /** Waits for whoever works on the key; `release` wraps the callback that ends the turn. */
  lock(key: string, turn: (release: (done: Callback) => Callback) => void): void;
  put(key: string, item: Item, done: Callback): void;
  del(key: string, done: Callback): void;
}

/** A table's description, as dynalite keeps it. */
export interface Table {
  readonly TableName: string;
}

/** Dynalite's store. The package exports its server only, so this is what is used of its inside. */
interface Store {
  getItemDb(table: string): Space;
  getTable(name: string, done: Callback<Table>): void;
}

interface Internals {
  create(options: object): Store;
  createKey(item: Item, table: Table): string | Error;
  validateItem(item: Item, table: Table): Error | null | undefined;
  updateIndexes(store: Store, table: Table, before: Item | null, after: Item | null, done: Callback): void;
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

const internals: Internals = require("dynalite/db");
const startServer: (options: object) => Server = require("dynalite");
const createTable: (store: Store, definition: object, done: Callback) => void = require("dynalite/actions/createTable");

const promised = <T>(work: (done: Callback<T>) => void): Promise<T> =>
  new Promise((resolve, reject) => {
    work((error, value) => (error ? reject(error) : resolve(value as T)));
  });

function makeStore(): { readonly server: Server; readonly store: Store } {
  let store: Store | undefined;
  const { create } = internals;
  // The server makes its store and keeps it for itself.
  internals.create = (options) => {
    store = create(options);
    return store;
  };
  const server = startServer({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  internals.create = create;
  if (!store) throw new Error("dynalite made no store; its inside has changed");
  return { server, store };
}

/** What a write can't be done for, in the form that dynalite answers with. */
function failureOf(write: () => void): Error | undefined {
  try {
    write();
    return undefined;
  } catch (error) {
    const body = { __type: "com.amazonaws.dynamodb.v20120810#InternalServerError", message: "Internal server error" };
    return Object.assign(new Error(messageOf(error)), { statusCode: 500, body });
  }
}

/** Observes a space: whoever observes it later takes the place of whoever did before. */
function observed(space: Space) {
  const [put, del] = [space.put.bind(space), space.del.bind(space)];
  return (observer: (key: string, item: Item | null) => void): void => {
    space.put = (key, item, done) => {
      const failure = failureOf(() => observer(key, item));
      if (failure) done(failure);
      else put(key, item, done);
    };
    space.del = (key, done) => {
      const failure = failureOf(() => observer(key, null));
      if (failure) done(failure);
      else del(key, done);
    };
  };
}

/** Waits for a new table, which is active after a timer of no time and a write. */
async function active(find: () => Promise<Table>): Promise<void> {
  for (let attempt = 0; attempt < 1000; attempt += 1) {
    const found = await find().catch(() => undefined);
    if (found) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error("a table did not become active");
}

/** An embedded DynamoDB in memory, with what has to be reached of it. It starts no server: requests go to its listener. */
export class Dynalite {
  readonly listener: Listener;
  private readonly store: Store;
  private readonly observers = new Map<string, ReturnType<typeof observed>>();

  constructor() {
    const { server, store } = makeStore();
    this.store = store;
    this.listener = server.listeners("request")[0] as Listener;
  }

  async createTable(definition: Table): Promise<void> {
    await promised((done) => createTable(this.store, definition, done));
    await active(() => this.table(definition.TableName));
  }

  table(name: string): Promise<Table> {
    return promised((done) => this.store.getTable(name, done));
  }

  /** Has each write to a table's items told before it is done; without an item it is a deletion. */
  observe(name: string, observer: (key: string, item: Item | null) => void): void {
    const observe = this.observers.get(name) ?? observed(this.store.getItemDb(name));
    this.observers.set(name, observe);
    observe(observer);
  }

  /** Puts an item and its index rows, without conditions. */
  async load(table: Table, item: Item): Promise<void> {
    const invalid = internals.validateItem(item, table);
    const key = invalid ?? internals.createKey(item, table);
    if (typeof key !== "string") throw key;
    await this.reindex(table, null, item);
    await promised<void>((done) => this.store.getItemDb(table.TableName).put(key, item, done));
  }

  /** Deletes an item and its index rows, if it is there and, once nobody else works on it, still to be deleted. */
  async remove(name: string, key: string, still: () => boolean): Promise<void> {
    const [space, table] = [this.store.getItemDb(name), await this.table(name)];
    const endTurn = await turnOn(space, key);
    try {
      const item = await promised<Item | undefined>((done) => space.get(key, (_, found) => done(null, found)));
      if (!item || !still()) return;
      await this.reindex(table, item, null);
      await promised<void>((done) => space.del(key, done));
    } finally {
      endTurn();
    }
  }

  private reindex(table: Table, before: Item | null, after: Item | null): Promise<void> {
    return promised((done) => internals.updateIndexes(this.store, table, before, after, done));
  }
}

/** Waits for the turn to work on a key. @returns ends it */
const turnOn = (space: Space, key: string): Promise<Callback> =>
  new Promise((resolve) => {
    space.lock(key, (release) => resolve(release(() => undefined)));
  });
