import * as grpc from "@grpc/grpc-js";
import { processName } from "../../provider/core/processes.js";
import { handlersOf, type Handlers } from "../../provider/lifecycle/handlers.js";
import { lifecycles } from "../../provider/lifecycle/registry.js";
import { Runtime } from "../../provider/lifecycle/runtime/runtime.js";
import { providerText } from "../../provider/schema/token.js";
import { HostError, type Engine, type HostCalls, type Kind, type Properties } from "./host.js";

let hosts = 0;

/** A copy of the data between the engine and a host. */
const carried = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;

/**
 * The handlers in this process, behind the calls of a host: a runtime of its own, and copies of all data between engine and
 * host. `test/host` shows that the real process does the same.
 */
export class InProcessHost implements HostCalls {
  output = "";
  readonly ended = new Promise<number | null>(() => {});
  readonly pid = process.pid;
  readonly #ends: (() => void)[] = [];
  readonly #runtime: Runtime;
  readonly #handlers = new Map<Kind, Handlers>();

  constructor(engine: Engine, environment: Record<string, string>) {
    this.#runtime = new Runtime({
      environment: (name) => environment[name],
      sink: async (level, message) => void (level !== "debug" && engine.logged.push({ severity: level, message })),
      engine: engine.address,
      process: `${processName()}-${++hosts}`,
      atEnd: (action) => this.#ends.push(action),
    });
  }

  async configure(config: Record<string, string> = {}): Promise<void> {
    this.#runtime.configure((key) => config[key]);
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
    for (const end of this.#ends) end();
  }

  async #call<Answer>(kind: Kind, call: (handlers: Handlers) => Promise<Answer>): Promise<Answer> {
    try {
      return await call(this.#handlersOf(kind));
    } catch (error) {
      throw carriedError(error as Error & { id?: string; properties?: Properties; reasons?: string[] });
    }
  }

  #handlersOf(kind: Kind): Handlers {
    const handlers = this.#handlers.get(kind) ?? handlersOf(lifecycles[kind], this.#runtime);
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
