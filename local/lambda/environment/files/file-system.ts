import fs from "node:fs";
import { dirname } from "node:path";
import { Descriptors } from "./descriptors";
import { FileHandles } from "./file-handles";
import { descriptorUses, type PathUse, pathUses, syscalls, withoutPaths } from "./path-uses";
import { type FileSettings, type Place, Places } from "./places";
import { errorOf, resultOf } from "./results";
import { Space } from "./space";
import { systemError } from "./system-error";
import { writtenBytes } from "./written-bytes";

type Operation = (this: unknown, ...args: unknown[]) => unknown;

/** A call of an operation, with the machine's paths in place of Lambda's. */
interface Call {
  readonly args: unknown[];
  readonly places: readonly Place[];
}

interface UsedPlace {
  readonly place: Place;
  readonly does: PathUse["does"];
}

/** Operations that write to a device as to a file. */
const ofDevices: ReadonlySet<string> = new Set(["access", "open", "writeFile", "appendFile"]);

/** Operations that have one form, which begins at once. */
const immediate: ReadonlySet<string> = new Set(["watch", "watchFile", "unwatchFile"]);

const lstat = fs.lstatSync;
const isThere = (path: string): boolean => lstat(path, { throwIfNoEntry: false }) !== undefined;

/** Whether a file system that can't be written to refuses it, rather than say that something is there, or is not. */
function isRefused(real: string, does: PathUse["does"]): boolean {
  if (does === "createCopies") return true;
  if (does === "change") return isThere(real);
  if (does === "createFolders") return !isThere(real);
  return isThere(real) ? does === "create" : isThere(dirname(real));
}

/** The files of an execution environment: read-only but for `/tmp`, which is bounded, and nothing of the machine's. */
export class FileSystem {
  private readonly places: Places;
  private readonly space: Space;
  private readonly descriptors: Descriptors;
  private readonly handles: FileHandles;

  /** @param log takes what is written to the standard streams */
  constructor(settings: FileSettings, log: (text: string) => void) {
    this.places = new Places(settings);
    this.space = new Space(settings.tmp, settings.tmpBytes);
    this.descriptors = new Descriptors(log);
    this.handles = new FileHandles(this.space, this.descriptors);
  }

  /** Has `node:fs` work on these files, in all of its forms. What of it is not known here is refused. */
  replace(): void {
    const [inPromises, inFs] = [fs.promises, fs] as unknown as Record<string, Operation>[];
    for (const [name, original] of operationsOf(inPromises)) {
      this.put(inPromises, name, immediate.has(name) ? this.waiting(name, original) : this.promising(name, original));
    }
    for (const [key, original] of operationsOf(inFs)) {
      const name = key.replace(/Sync$/, "");
      if (name === "openAsBlob") this.put(inFs, key, this.promising(name, original));
      else if (name !== key || immediate.has(name)) this.put(inFs, key, this.waiting(name, original));
      else this.put(inFs, key, this.callingBack(name, original));
    }
  }

  /** The machine's path of one that a function names, for what is no operation of `node:fs`. */
  realPath(path: unknown, does: PathUse["does"], syscall: string): string | undefined {
    const place = this.places.of(path, true);
    if (place) this.checkPlace(syscall, place, does);
    return place?.real;
  }

  /** Puts an operation where another was, with all that is written on it. */
  private put(where: Record<string, Operation> | undefined, key: string, operation: Operation): void {
    const original = where?.[key];
    if (!where || !original) return;
    Object.defineProperties(operation, Object.getOwnPropertyDescriptors(original));
    Object.defineProperty(where, key, { value: operation, enumerable: true, writable: true, configurable: true });
    const name = key.replace(/Sync$/, "");
    const native: unknown = Reflect.get(original, "native");
    if (typeof native !== "function") return;
    const own = native as Operation;
    Reflect.set(operation, "native", name === key ? this.callingBack(name, own) : this.waiting(name, own));
  }

  private waiting(name: string, original: Operation): Operation {
    const system = this;
    return function waiting(this: unknown, ...args) {
      const standard = system.descriptors.ofStandardStream(name, args);
      if (standard) return standard.value;
      const call = name === "exists" ? system.callOrNone(args) : system.call(name, args);
      if (!call) return false;
      try {
        return system.result(name, call, original.apply(this, call.args));
      } catch (error) {
        throw errorOf(error, call.places);
      }
    };
  }

  private callingBack(name: string, original: Operation): Operation {
    const system = this;
    return function callingBack(this: unknown, ...args) {
      const at = args.findLastIndex((argument) => typeof argument === "function");
      const then = args[at] as ((...results: unknown[]) => void) | undefined;
      if (!then) return original.apply(this, args);
      const standard = system.descriptors.ofStandardStream(name, args);
      if (standard) return process.nextTick(then, null, standard.value, args[1]);
      let call: Call;
      try {
        call = system.call(name, args);
      } catch (error) {
        return process.nextTick(then, name === "exists" ? false : error);
      }
      call.args[at] = function done(this: unknown, error: unknown, ...values: unknown[]) {
        if (values.length > 0 && !error) values[0] = system.result(name, call, values[0]);
        then.call(this, errorOf(error, call.places), ...values);
      };
      return original.apply(this, call.args);
    };
  }

  private promising(name: string, original: Operation): Operation {
    const system = this;
    return async function promising(this: unknown, ...args) {
      const call = system.call(name, args);
      try {
        return system.result(name, call, await original.apply(this, call.args));
      } catch (error) {
        throw errorOf(error, call.places);
      }
    };
  }

  private callOrNone(args: readonly unknown[]): Call | undefined {
    try {
      return this.call("exists", args);
    } catch {
      // As `existsSync` says of all that it can't find out.
      return undefined;
    }
  }

  /** @throws Error of a system call that the file system refuses */
  private call(name: string, given: readonly unknown[]): Call {
    const uses = Object.hasOwn(pathUses, name) ? pathUses[name]?.(given) : undefined;
    if (!uses && !descriptorUses.has(name)) throw notEmulated(name);
    const args = [...given];
    const [first] = args;
    if (typeof first === "number" && descriptorUses.has(name)) {
      this.descriptors.check(name, first);
      if (name === "close") this.descriptors.closed(first);
    }
    const used: UsedPlace[] = [];
    for (const { at, follow, does } of uses ?? []) {
      const place = this.places.of(args[at], follow);
      if (!place) continue;
      args[at] = place.real;
      used.push({ place, does });
    }
    const places = used.map(({ place }) => place);
    this.checkMounts(name, places);
    for (const { place, does } of used) this.checkPlace(name, place, does);
    this.checkSpace(name, args, places);
    if (name === "symlink") this.places.mayHaveLinks = true;
    if (name === "cp") args[2] = this.withFilter(args[2]);
    if (name === "writeFile" || name === "appendFile") args[1] = this.handles.counted(args[1]);
    return { args, places };
  }

  private checkMounts(name: string, [from, to]: readonly Place[]): void {
    if ((name !== "rename" && name !== "link") || !from || !to || from.mount === to.mount) return;
    if (isThere(from.real)) throw systemError("EXDEV", name, [from.given, to.given]);
  }

  private checkPlace(name: string, { mount, real, given }: Place, does: PathUse["does"]): void {
    if (does === "read" || mount === "/tmp" || (mount === "device" && ofDevices.has(name))) return;
    if (isRefused(real, does)) throw systemError("EROFS", syscalls[name] ?? name, [given]);
  }

  private checkSpace(name: string, args: readonly unknown[], places: readonly Place[]): void {
    const bytes = Object.hasOwn(writtenBytes, name) ? (writtenBytes[name]?.(args) ?? 0) : 0;
    const isElsewhere = places.length > 0 && places.at(-1)?.mount !== "/tmp";
    if (bytes === 0 || isElsewhere || this.space.take(bytes)) return;
    throw systemError("ENOSPC", "write");
  }

  /** `fs.cp` asks about each file by its path. */
  private withFilter(options: unknown): unknown {
    const filter: unknown = typeof options === "object" && options ? Reflect.get(options, "filter") : undefined;
    if (typeof filter !== "function") return options;
    const seen = (path: unknown): unknown => (typeof path === "string" ? this.places.pathOf(path) : path);
    return { ...(options as object), filter: (from: unknown, to: unknown) => filter(seen(from), seen(to)) };
  }

  private result(name: string, { places }: Call, value: unknown): unknown {
    const [place] = places;
    if (!place) return value;
    if (name === "open") {
      if (typeof value === "number") this.descriptors.opened(value, place.mount === "/tmp");
      else this.handles.opened(value, place.mount === "/tmp");
    }
    return resultOf(name, value, place, { places: this.places, space: this.space });
  }
}

const notEmulated = (name: string): Error =>
  new Error(`fs.${name} is not emulated: nobody knows which files it uses (docs/what-differs.md)`);

/** The functions among the members, by name. */
function operationsOf(members: Record<string, unknown> | undefined): [string, Operation][] {
  const names = Object.keys(members ?? {}).filter((name) => !withoutPaths.has(name.replace(/Sync$/, "")));
  return names.flatMap((name) => {
    const member = members?.[name];
    return typeof member === "function" ? [[name, member as Operation]] : [];
  });
}
