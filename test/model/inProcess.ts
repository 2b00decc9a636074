import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { providerText } from "../../provider/resources/base.js";
import { Host, HostError, type Engine, type Kind, type Properties } from "../support/host.js";

/**
 * With MODEL_IN_PROCESS, the folder of a built provider, its handlers are called without host processes: ten times as many
 * programs in the same time, for searches. What is found is tried again on real hosts. Each host loads the provider anew,
 * with a process of its own as far as the provider sees.
 */
const folder = process.env["MODEL_IN_PROCESS"];

type Module = { exports: Record<string, unknown> };
type Factory = (...args: unknown[]) => void;
const names = ["exports", "require", "module", "__filename", "__dirname", "process", "setInterval"];
const factories = new Map<string, Factory>();

function factoryOf(path: string): Factory {
  const made = factories.get(path) ?? (new Function(...names, readFileSync(path, "utf8")) as Factory);
  factories.set(path, made);
  return made;
}

/** Ids of processes that live as long as this one: what hosts pass for, in each run the same few. */
const livingPids = readdirSync("/proc")
  .map(Number)
  .filter((pid) => pid > 0 && pid !== process.pid)
  .toSorted((one, other) => one - other);
const hostsOf = new WeakMap<object, number>();

/** The provider, loaded for one host. */
class Loaded {
  readonly #modules = new Map<string, Module>();
  readonly #exits: (() => void)[] = [];
  readonly #intervals: NodeJS.Timeout[] = [];
  readonly #process: object;

  constructor(address: string, env: Record<string, string>, pid: number) {
    const argv = [process.execPath, "/cmd/dynamic-provider/index.js", address];
    const once = (_event: string, act: () => void) => void this.#exits.push(act);
    const own = { env, argv, pid, once, on: once, exit() {} };
    this.#process = new Proxy(process, {
      get: (real, name) => (name in own ? own[name as keyof typeof own] : (real[name as keyof typeof real] as unknown)),
    });
  }

  require(path: string): Record<string, unknown> {
    const known = this.#modules.get(path);
    if (known) return known.exports;
    const module: Module = { exports: {} };
    this.#modules.set(path, module);
    const outside = createRequire(path);
    const require = Object.assign(
      (name: string) => (/^\..*\.js$/.test(name) ? this.require(resolve(dirname(path), name)) : outside(name)),
      { resolve: outside.resolve },
    );
    const interval = (act: () => void, ms: number) => {
      const timer = setInterval(act, ms);
      this.#intervals.push(timer);
      return timer;
    };
    factoryOf(path)(module.exports, require, module, path, dirname(path), this.#process, interval);
    return module.exports;
  }

  close(): void {
    this.#intervals.forEach(clearInterval);
    this.#exits.forEach((act) => act());
  }
}

interface Handlers {
  configure(request: { config: { get(key: string): string | undefined } }): void;
  check(olds: Properties, news: Properties): Promise<{ inputs: Properties; failures: never[] }>;
  diff(id: string, olds: Properties, news: Properties): Promise<{ changes: boolean; replaces: string[] }>;
  create(inputs: Properties): Promise<{ id: string; outs: Properties }>;
  read(id: string, props: Properties): Promise<{ id?: string; props?: Properties; inputs?: Properties }>;
  update(id: string, olds: Properties, news: Properties): Promise<{ outs: Properties }>;
  delete(id: string, props: Properties): Promise<void>;
}

/** What is carried between the engine and a host. */
const carried = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;

/** As `Host`, without a process. */
class InProcessHost {
  output = "";
  readonly ended = new Promise<number | null>(() => {});
  readonly pid = process.pid;
  #config: Record<string, string> = {};
  readonly #handlers = new Map<Kind, Handlers>();

  constructor(private readonly loaded: Loaded) {}

  async configure(config: Record<string, string> = {}): Promise<void> {
    this.#config = config;
  }

  check(kind: Kind, olds: Properties, news: Properties) {
    return this.#call(kind, async (handlers) => {
      const { inputs, failures } = await handlers.check(carried(olds), declared(kind, news));
      return { inputs: declared(kind, inputs), failures: failures ?? [] };
    });
  }

  diff(kind: Kind, id: string, olds: Properties, news: Properties) {
    return this.#call(kind, async (handlers) => {
      const { changes, replaces } = await handlers.diff(id, carried(olds), declared(kind, news));
      return { changes, replaces };
    });
  }

  create(kind: Kind, inputs: Properties) {
    return this.#call(kind, async (handlers) => {
      const { id, outs } = await handlers.create(declared(kind, inputs));
      return { id, properties: declared(kind, outs) };
    });
  }

  read(kind: Kind, id: string, properties: Properties) {
    return this.#call(kind, async (handlers) => {
      const { id: found = "", props, inputs } = await handlers.read(id, declared(kind, properties));
      return { id: found, properties: declared(kind, props ?? {}), inputs: inputs && declared(kind, inputs) };
    });
  }

  update(kind: Kind, id: string, olds: Properties, news: Properties) {
    return this.#call(kind, async (handlers) => {
      const { outs } = await handlers.update(id, carried(olds), declared(kind, news));
      return { properties: declared(kind, outs) };
    });
  }

  async delete(kind: Kind, id: string, properties: Properties): Promise<void> {
    await this.#call(kind, (handlers) => handlers.delete(id, declared(kind, properties)));
  }

  async close(): Promise<void> {
    this.loaded.close();
  }

  async #call<Answer>(kind: Kind, call: (handlers: Handlers) => Promise<Answer>): Promise<Answer> {
    try {
      return await call(this.#handlersOf(kind));
    } catch (error) {
      throw carriedError(error as Error & { id?: string; properties?: Properties; reasons?: string[] });
    }
  }

  #handlersOf(kind: Kind): Handlers {
    const known = this.#handlers.get(kind);
    if (known) return known;
    const handlers = this.loaded.require(join(folder!, "plugin.js"))[kind] as Handlers;
    handlers.configure({ config: { get: (key) => this.#config[key.includes(":") ? key : `tests:${key}`] } });
    this.#handlers.set(kind, handlers);
    return handlers;
  }
}

function declared(kind: Kind, properties: Properties): Properties {
  return carried({ ...properties, __provider: providerText(kind) });
}

function carriedError(error: Error & { id?: string; properties?: Properties; reasons?: string[] }): HostError {
  const { id, properties = {}, reasons = [] } = error;
  const answer = new HostError(
    Object.assign(new Error(error.message), { code: 2, details: error.message, metadata: new grpc.Metadata() }),
  );
  return id === undefined
    ? answer
    : Object.assign(answer, { recorded: { id, properties: carried(properties), reasons } });
}

/** To be called before the first host is started. */
export function runInProcess(): void {
  if (folder === undefined) return;
  Host.start = async (engine: Pick<Engine, "address">, environment: Record<string, string>) => {
    const count = hostsOf.get(engine) ?? 0;
    hostsOf.set(engine, count + 1);
    const loaded = new Loaded(engine.address, environment, livingPids[count]!);
    return new InProcessHost(loaded) as unknown as Host;
  };
}
