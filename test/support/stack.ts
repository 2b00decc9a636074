import { isDeepStrictEqual } from "node:util";
import { Engine, Host, HostError, unknown, type Kind, type Properties, type Told } from "./host.js";

/** One resource of a program. Inputs may hold `idOf(name)`. */
export interface Declaration {
  kind: Kind;
  inputs: Properties;
  /** Name of an explicit provider, for a host process of its own. */
  provider?: string;
  /** Name of the resource it goes with: its own delete is then not called. */
  deletedWith?: string;
}

/** Declarations by logical name, in the order in which the program makes them. */
export type Program = Record<string, Declaration>;

const declare =
  (kind: Kind) =>
  (inputs: Properties, options: Pick<Declaration, "provider" | "deletedWith"> = {}): Declaration => ({
    kind,
    inputs,
    ...options,
  });

export const organization = declare("organization");
export const team = declare("team");
export const organizationMember = declare("organizationMember");
export const teamMembership = declare("teamMembership");
export const teamRoster = declare("teamRoster");
export const invitation = declare("invitation");

class Reference {
  constructor(readonly name: string) {}
}

/** The id of another resource of the program, unknown where it is not made yet. */
export function idOf(name: string): Reference {
  return new Reference(name);
}

/** What the engine's state holds of a resource. */
export interface Recorded {
  kind: Kind;
  id: string;
  inputs: Properties;
  outputs: Properties;
  initErrors: string[];
  provider: string;
  deletedWith: string | undefined;
  /** Names of those that its inputs mention. */
  dependencies: string[];
}

/** Inputs that `check` has refused. */
export class CheckFailed extends Error {
  constructor(
    readonly resource: string,
    readonly failures: { property: string; reason: string }[],
  ) {
    super(`${resource}: ${failures.map(({ reason }) => reason).join("; ")}`);
  }
}

/** How a run ended: its steps ("create core", "same ada", …) and what handlers told. */
export interface Outcome {
  steps: string[];
  told: Told[];
}

type Environments = Record<string, Record<string, string>>;

/**
 * The engine's rules for dynamic resources over real host processes: which calls a run makes, in which order, and what
 * of the answers becomes state. Not the engine: one step at a time in the order of declaration, which satisfies the
 * dependencies, and deletes in reverse; reads go all at once. The first error ends a run; what was done is kept.
 */
export class Stack {
  /** Steps too go all at once, as far as their dependencies let them; their order in the outcome is then any. */
  parallel = false;
  readonly resources = new Map<string, Recorded>();
  /** Environment of every host process to come. */
  environment: Record<string, string>;
  /** Configuration of the stack, for the default provider. */
  config: Record<string, string> = {};
  /** Configurations of explicit providers, by name. */
  readonly providers: Environments = {};
  /** Where set, runs take place in these host processes, beside those of other stacks, as parts of one program do. */
  shared: Hosts | undefined;

  constructor(environment: Record<string, string>) {
    this.environment = environment;
  }

  /** What state records of a resource. */
  outputs(name: string): Properties {
    return this.#recorded(name).outputs;
  }

  id(name: string): string {
    return this.#recorded(name).id;
  }

  preview(program: Program): Promise<Outcome> {
    return this.#run(async (run) => {
      const ids = new Map<string, string>();
      await this.#inOrder(Object.keys(program), dependenciesIn(program), async (name) => {
        const plan = await this.#plan(run, name, program[name]!, ids);
        ids.set(name, plan.op === "create" || plan.op === "replace" ? unknown : this.id(name));
        run.steps.push(`${plan.op} ${name}`);
      });
      run.steps.push(...this.#undeclared(program).map((name) => `delete ${name}`));
    });
  }

  /** `replace` names resources to be made anew, as `--replace` does. */
  up(program: Program, options: { refresh?: boolean; replace?: string[] } = {}): Promise<Outcome> {
    return this.#run(async (run) => {
      if (options.refresh) await this.#refreshed(run);
      const ids = new Map<string, string>();
      const replaced: [string, Recorded][] = [];
      await this.#inOrder(Object.keys(program), dependenciesIn(program), async (name) => {
        const old = this.resources.get(name);
        const plan = await this.#plan(run, name, program[name]!, ids, options.replace?.includes(name));
        if (plan.op === "replace") replaced.push([name, old!]);
        await this.#apply(run, name, program[name]!, plan);
        ids.set(name, this.id(name));
        run.steps.push(`${plan.op} ${name}`);
      });
      for (const [name, old] of replaced.toReversed()) await this.#delete(run, `replaced ${name}`, old);
      await this.#deleteAll(run, this.#undeclared(program));
    });
  }

  /** Steps name what the look has changed: "update core", "delete ada"; the rest is "same". */
  refresh(): Promise<Outcome> {
    return this.#run((run) => this.#refreshed(run));
  }

  destroy(): Promise<Outcome> {
    return this.#run((run) => this.#deleteAll(run, [...this.resources.keys()].toReversed()));
  }

  #recorded(name: string): Recorded {
    const recorded = this.resources.get(name);
    if (!recorded) throw new Error(`State has no ${name}.`);
    return recorded;
  }

  /** One after the other, or all at once, each as soon as those before it have been. */
  async #inOrder(names: string[], before: (name: string) => string[], step: (name: string) => Promise<void>) {
    if (!this.parallel) {
      for (const name of names) await step(name);
      return;
    }
    const steps = new Map<string, Promise<void>>();
    const present = new Set(names);
    const start = (name: string): Promise<void> => {
      const done =
        steps.get(name) ??
        Promise.all(
          before(name)
            .filter((other) => present.has(other))
            .map(start),
        ).then(() => step(name));
      steps.set(name, done);
      return done;
    };
    await settled(names.map(start));
  }

  async #run(body: (run: Run) => Promise<void>): Promise<Outcome> {
    const hosts = this.shared ?? (await Hosts.start(this));
    const run = new Run(hosts);
    try {
      await body(run);
      return { steps: run.steps, told: hosts.told };
    } finally {
      if (hosts !== this.shared) await hosts.close();
    }
  }

  async #plan(
    run: Run,
    name: string,
    { kind, inputs, provider = "" }: Declaration,
    ids: ReadonlyMap<string, string>,
    force = false,
  ) {
    const host = await run.host(provider);
    const news = resolved(inputs, ids);
    const old = this.resources.get(name);
    const checked = async (olds: Properties) => {
      const { inputs, failures } = await host.check(kind, olds, news);
      if (failures.length > 0) throw new CheckFailed(name, failures);
      return inputs;
    };
    const fresh = await checked(old?.inputs ?? {});
    if (!old) return { op: "create", inputs: fresh } as const;
    const { changes, replaces } = await host.diff(kind, old.id, old.outputs, fresh);
    if (force || (changes && replaces.length > 0)) return { op: "replace", inputs: await checked({}) } as const;
    return { op: changes || old.initErrors.length > 0 ? "update" : "same", inputs: fresh } as const;
  }

  async #apply(
    run: Run,
    name: string,
    declaration: Declaration,
    plan: { op: string; inputs: Properties },
  ): Promise<void> {
    const { kind, provider = "", deletedWith } = declaration;
    const host = await run.host(provider);
    const old = this.resources.get(name);
    const record = (id: string, outputs: Properties, initErrors: string[] = []) =>
      this.resources.set(name, {
        kind,
        id,
        inputs: plan.inputs,
        outputs,
        initErrors,
        provider,
        deletedWith,
        dependencies: mentioned(declaration),
      });
    try {
      if (plan.op === "same") record(old!.id, old!.outputs);
      else if (plan.op === "update") {
        record(old!.id, (await host.update(kind, old!.id, old!.outputs, plan.inputs)).properties);
      } else {
        const { id, properties } = await host.create(kind, plan.inputs);
        if (id === "") throw new Error(`${name} was created without an id.`);
        record(id, properties);
      }
    } catch (error) {
      if (error instanceof HostError && error.recorded) {
        const { id, properties, reasons } = error.recorded;
        record(id, properties, reasons);
      }
      throw error;
    }
  }

  #undeclared(program: Program): string[] {
    return [...this.resources.keys()].filter((name) => !(name in program)).toReversed();
  }

  async #deleteAll(run: Run, names: string[]): Promise<void> {
    const dependents = new Map<string, string[]>();
    for (const name of names) {
      for (const other of this.#recorded(name).dependencies) {
        dependents.set(other, [...(dependents.get(other) ?? []), name]);
      }
    }
    await this.#inOrder(
      names,
      (name) => dependents.get(name) ?? [],
      async (name) => {
        const old = this.#recorded(name);
        if (old.deletedWith === undefined || !names.includes(old.deletedWith)) await this.#delete(run, name, old);
        this.resources.delete(name);
      },
    );
  }

  async #delete(run: Run, label: string, { kind, id, outputs, provider }: Recorded): Promise<void> {
    await (await run.host(provider)).delete(kind, id, outputs);
    run.steps.push(`delete ${label}`);
  }

  /** All reads are made, whatever becomes of the others. */
  async #refreshed(run: Run): Promise<void> {
    await settled([...this.resources].map(([name, old]) => this.#read(run, name, old)));
  }

  async #read(run: Run, name: string, old: Recorded): Promise<void> {
    const host = await run.host(old.provider);
    const read = await host.read(old.kind, old.id, old.outputs);
    if (read.id === "") {
      this.resources.delete(name);
      run.steps.push(`delete ${name}`);
      return;
    }
    await host.diff(old.kind, read.id, read.properties, old.inputs);
    const changed = !isDeepStrictEqual(read.properties, old.outputs);
    run.steps.push(`${changed ? "update" : "same"} ${name}`);
    const inputs = read.inputs ?? old.inputs;
    this.resources.set(name, { ...old, id: read.id, inputs, outputs: read.properties, initErrors: [] });
  }
}

/** One run of one stack: its steps, and where they are taken. */
class Run {
  readonly steps: string[] = [];

  constructor(private readonly hosts: Hosts) {}

  host(provider: string): Promise<Host> {
    return this.hosts.of(provider);
  }
}

/** One engine, and a host process for each provider that is needed. */
export class Hosts {
  readonly #hosts = new Map<string, Promise<Host>>();

  static async start(settings: Pick<Stack, "environment" | "config" | "providers">): Promise<Hosts> {
    return new Hosts(await Engine.start(), settings);
  }

  private constructor(
    private readonly engine: Engine,
    private readonly settings: Pick<Stack, "environment" | "config" | "providers">,
  ) {}

  get told(): Told[] {
    return this.engine.told;
  }

  of(provider: string): Promise<Host> {
    const started = this.#hosts.get(provider) ?? this.#start(provider);
    this.#hosts.set(provider, started);
    return started;
  }

  async close(): Promise<void> {
    const started = await Promise.allSettled(this.#hosts.values());
    for (const host of started) if (host.status === "fulfilled") await host.value.close();
    this.engine.kill();
  }

  async #start(provider: string): Promise<Host> {
    const { environment, config, providers } = this.settings;
    const host = await Host.start(this.engine, environment);
    await host.configure(provider === "" ? config : providers[provider]);
    return host;
  }
}

/** Waits for all, whatever becomes of the others. */
async function settled(steps: Promise<void>[]): Promise<void> {
  const ended = await Promise.allSettled(steps);
  // Whoever waits for a step that fails, fails with it.
  const errors = [...new Set(ended.flatMap((step) => (step.status === "rejected" ? [step.reason as Error] : [])))];
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, errors.map(String).join("\n"));
}

const dependenciesIn = (program: Program) => (name: string) => mentioned(program[name]!);

function mentioned({ inputs }: Declaration): string[] {
  return Object.values(inputs).flatMap((value) => (value instanceof Reference ? [value.name] : []));
}

function resolved(inputs: Properties, ids: ReadonlyMap<string, string>): Properties {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [name, value instanceof Reference ? ids.get(value.name) : value]),
  );
}
