import { rmSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { ProcessJournal } from "../../provider/core/journal.js";
import { Engine, Host, HostError, unknown, type HostCalls, type Kind, type Properties, type LogLine } from "./host.js";
import { InProcessHost } from "./inProcessHost.js";
import { ProgramSide } from "./programSide.js";

/** One resource of a program. Inputs may hold `idOf(name)`. */
export interface Declaration {
  kind: Kind;
  inputs: Properties;
  /** Name of an explicit provider, for a host process of its own. */
  provider?: string;
  /** Name of the resource it goes with: its own delete is then not called. */
  deletedWith?: string;
  /** If it is replaced, it is deleted first, and before it the resources that depend on it. */
  deleteBeforeReplace?: true;
}

/** Declarations by logical name, in the order in which the program makes them. */
export type Program = Record<string, Declaration>;

const declare =
  (kind: Kind) =>
  (inputs: Properties, options: Omit<Declaration, "kind" | "inputs"> = {}): Declaration => ({
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

/** The id of another resource of the program, unknown if it is not created yet. */
export function idOf(name: string): Reference {
  return new Reference(name);
}

/** The record of a resource in the engine's state. */
export interface Recorded {
  kind: Kind;
  id: string;
  inputs: Properties;
  outputs: Properties;
  initErrors: string[];
  provider: string;
  deletedWith: string | undefined;
  /** Names of the resources that its inputs mention. */
  dependencies: string[];
  /** The same, by the input that mentions them. */
  mentions: Record<string, string>;
}

/** A copy of a resource that a run has replaced but not deleted. */
export interface Pending extends Recorded {
  name: string;
}

/** The resources of a program that a run covers, by their names. */
export interface Limits {
  /** To be replaced, as with `--replace`. */
  replace?: readonly string[];
  /** The only resources of the run, as with `--target`. */
  targets?: readonly string[];
  /** Left out, as with `--exclude`. */
  excludes?: readonly string[];
}

export interface UpOptions extends Limits {
  refresh?: boolean;
  /** Name of an explicit provider that is replaced, with all its resources. */
  replaceProvider?: string;
  /** The run ends before its deletes: removed resources stay in the state, replaced copies are `pending`. */
  breakBeforeDeletes?: boolean;
  /** Awaited when the program has ended and the deletes have not begun. */
  beforeDeletes?: () => Promise<void>;
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

/** The result of a run: its steps ("create core", "same ada", …) and the log lines of handlers. */
export interface Outcome {
  steps: string[];
  logged: LogLine[];
}

/** A resource of a program when its turn has come. */
interface Step {
  name: string;
  declaration: Declaration;
  /** Of the resources before it. */
  ids: ReadonlyMap<string, string>;
  /** Its record in the state. */
  old: Recorded | undefined;
}

let parts = 0;

type Environments = Record<string, Record<string, string>>;

/**
 * The engine's rules for dynamic resources: which calls a run makes, in which order, and which answers become state. Unlike
 * the engine, one step at a time in the order of declaration, which satisfies the dependencies, and deletes in reverse;
 * reads run at the same time. The first error ends a run; completed steps are kept.
 */
export class Stack {
  /** Steps run at the same time too, as far as their dependencies allow; the outcome then has any order. */
  parallel = false;
  readonly resources = new Map<string, Recorded>();
  /** The pending deletions of an interrupted run: the next run makes them at its end. */
  pending: Pending[] = [];
  /** Environment of every host process to come. */
  environment: Record<string, string>;
  /** Configuration of the stack, for the default provider. */
  config: Record<string, string> = {};
  /** Configurations of explicit providers, by name. */
  readonly providers: Environments = {};
  /**
   * An update has a program whose process announces its declarations to the hosts; otherwise they know only the engine's
   * calls.
   */
  hasProgram = false;
  /** Its hosts are processes, as with the engine; otherwise each is a runtime of its own in this process. */
  onProcesses = false;
  /** If set, runs use these host processes together with other stacks, like parts of one program. */
  shared: Hosts | undefined;
  /** Distinguishes its resources from those of another stack in the same runs. */
  readonly #part = ++parts;

  constructor(environment: Record<string, string>) {
    this.environment = environment;
  }

  /** The recorded outputs of a resource. */
  outputs(name: string): Properties {
    return this.#recorded(name).outputs;
  }

  id(name: string): string {
    return this.#recorded(name).id;
  }

  preview(program: Program, limits: Limits = {}): Promise<Outcome> {
    return this.#run(async (run) => {
      const isSelected = within(limits);
      const ids = this.#idsLeftOut(program, isSelected);
      const gone = new Set<string>();
      await this.#inOrder(Object.keys(program).filter(isSelected), dependenciesIn(program), async (name) => {
        const step = {
          name,
          declaration: program[name]!,
          ids,
          old: gone.has(name) ? undefined : this.resources.get(name),
        };
        const plan = await this.#plan(run, step, limits.replace, async () => {
          for (const other of await this.#goingFirst(run, [name])) {
            gone.add(other);
            run.steps.push(`delete replaced ${other}`);
          }
        });
        ids.set(name, plan.op === "create" || plan.op === "replace" ? unknown : this.id(name));
        run.steps.push(`${plan.op} ${name}`);
      });
      run.steps.push(
        ...this.#undeclared(program)
          .filter((name) => isSelected(name) && !gone.has(name))
          .map((name) => `delete ${name}`),
      );
    });
  }

  up(program: Program, options: UpOptions = {}): Promise<Outcome> {
    return this.#run(async (run) => {
      if (options.refresh) await this.#refreshed(run);
      if (this.hasProgram && !this.shared) await this.announce(program, run.hosts);
      if (options.replaceProvider !== undefined) await this.#deleteProvider(run, options.replaceProvider);
      const isSelected = within(options);
      const ids = this.#idsLeftOut(program, isSelected);
      const replaced: Pending[] = [];
      await this.#inOrder(Object.keys(program).filter(isSelected), dependenciesIn(program), async (name) => {
        const declaration = program[name]!;
        const old = this.resources.get(name);
        const plan = await this.#plan(run, { name, declaration, ids, old }, options.replace, () =>
          this.#deleteFirst(run, [name]),
        );
        if (plan.op === "replace" && !declaration.deleteBeforeReplace) replaced.push({ name, ...old! });
        await this.#apply(run, name, declaration, plan);
        ids.set(name, this.id(name));
        if (this.hasProgram) await this.#announceId(run.hosts, program, name);
        run.steps.push(`${plan.op} ${name}`);
      });
      if (this.hasProgram && !this.shared) await run.hosts.program.end();
      await options.beforeDeletes?.();
      if (options.breakBeforeDeletes) return void this.pending.push(...replaced);
      for (const old of replaced.toReversed()) await this.#delete(run, `replaced ${old.name}`, old);
      await this.#deletePending(run, isSelected);
      await this.#deleteAll(run, this.#undeclared(program).filter(isSelected));
    });
  }

  /** The announcements of the program's process before the engine takes its first step. */
  async announce(program: Program, hosts: Hosts): Promise<void> {
    const above = (value: unknown) =>
      value instanceof Reference ? { address: this.#address(program[value.name]!.kind, value.name) } : value;
    for (const [name, { kind, inputs }] of Object.entries(program)) {
      const said = Object.fromEntries(Object.entries(inputs).map(([input, value]) => [input, above(value)]));
      await hosts.program.declares(this.#address(kind, name), kind, said);
    }
  }

  /** Steps name the resources that the refresh has changed: "update core", "delete ada"; the rest is "same". */
  refresh(): Promise<Outcome> {
    return this.#run((run) => this.#refreshed(run));
  }

  destroy(): Promise<Outcome> {
    return this.#run(async (run) => {
      await this.#deletePending(run);
      await this.#deleteAll(run, this.#names().toReversed());
    });
  }

  #recorded(name: string): Recorded {
    const recorded = this.resources.get(name);
    if (!recorded) throw new Error(`State has no ${name}.`);
    return recorded;
  }

  /** In sequence, or at the same time, each as soon as those before it have ended. */
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
      return { steps: run.steps, logged: hosts.logged };
    } finally {
      if (hosts !== this.shared) await hosts.close();
    }
  }

  /** @param beforeReplacing runs before the replacement of a resource that is deleted first */
  async #plan(run: Run, step: Step, replace: readonly string[] = [], beforeReplacing: () => Promise<void>) {
    const { name, declaration, old } = step;
    const { kind, provider = "" } = declaration;
    // Replaced resources are checked as new ones, and not compared.
    const isForced = old !== undefined && replace.includes(name);
    const fresh = await this.#check(run, step, isForced ? {} : (old?.inputs ?? {}));
    if (!old) return { op: "create", inputs: fresh } as const;
    const { changes, replaces } = isForced
      ? { changes: true, replaces: ["id"] }
      : await (await run.host(provider)).diff(kind, old.id, old.outputs, fresh);
    if (!changes || replaces.length === 0) {
      return { op: changes || old.initErrors.length > 0 ? "update" : "same", inputs: fresh } as const;
    }
    const inputs = isForced ? fresh : await this.#check(run, step, {});
    if (declaration.deleteBeforeReplace) await beforeReplacing();
    return { op: "replace", inputs } as const;
  }

  async #check(run: Run, { name, declaration, ids }: Step, olds: Properties): Promise<Properties> {
    const { kind, inputs: given, provider = "" } = declaration;
    const news = { ...resolved(given, ids), __address: this.#address(kind, name) };
    const { inputs, failures } = await (await run.host(provider)).check(kind, olds, news);
    if (failures.length > 0) throw new CheckFailed(name, failures);
    return inputs;
  }

  /** The address of a resource that the classes pass to the handlers. */
  #address(kind: Kind, name: string): string {
    const address = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}::${name}`;
    return this.shared ? `avala:Part${this.#part}$${address}` : address;
  }

  /** The engine has answered the program: it knows an id, which is the scope of the resources that mention it. */
  async #announceId(hosts: Hosts, program: Program, name: string): Promise<void> {
    const id = this.id(name);
    await hosts.program.knows(this.#address(program[name]!.kind, name), "id", id);
    for (const [other, declaration] of Object.entries(program)) {
      if (!mentioned(declaration).includes(name)) continue;
      await hosts.program.knows(this.#address(declaration.kind, other), "scope", id);
    }
  }

  /** Ids of resources that a run leaves as they are. */
  #idsLeftOut(program: Program, isSelected: (name: string) => boolean): Map<string, string> {
    const left = Object.keys(program).filter((name) => !isSelected(name) && this.resources.has(name));
    return new Map(left.map((name) => [name, this.id(name)]));
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
        mentions: mentionsIn(declaration),
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
    return this.#names()
      .filter((name) => !(name in program))
      .toReversed();
  }

  /** Names in the state, each after those that its inputs mention. */
  #names(): string[] {
    const names = new Set<string>();
    const add = (name: string) => {
      if (names.has(name) || !this.resources.has(name)) return;
      this.#recorded(name).dependencies.forEach(add);
      names.add(name);
    };
    [...this.resources.keys()].forEach(add);
    return [...names];
  }

  /**
   * The resources that are deleted before these, and these themselves, in the order of the deletes. Resources that mention
   * one of them are compared with that value unknown; those of a replaced provider are not compared.
   */
  async #goingFirst(run: Run, roots: readonly string[], provider?: string): Promise<string[]> {
    const going = new Set(roots);
    for (const name of this.#names()) {
      const old = this.#recorded(name);
      if (old.provider === provider || (!going.has(name) && (await this.#isLost(run, old, going)))) going.add(name);
    }
    return this.#names()
      .filter((name) => going.has(name))
      .toReversed();
  }

  async #isLost(run: Run, { kind, id, inputs, outputs, mentions, provider }: Recorded, going: ReadonlySet<string>) {
    const lost = Object.keys(mentions).filter((input) => going.has(mentions[input]!));
    if (lost.length === 0) return false;
    const news = { ...inputs, ...Object.fromEntries(lost.map((input) => [input, unknown])) };
    const { replaces } = await (await run.host(provider)).diff(kind, id, outputs, news);
    return replaces.length > 0;
  }

  async #deleteFirst(run: Run, roots: readonly string[]): Promise<void> {
    for (const name of await this.#goingFirst(run, roots)) {
      await this.#delete(run, `replaced ${name}`, this.#recorded(name));
      this.resources.delete(name);
    }
  }

  /** The process of the former provider deletes; the rest of the run has another one. */
  async #deleteProvider(run: Run, provider: string): Promise<void> {
    for (const name of await this.#goingFirst(run, [], provider)) {
      await this.#delete(run, `replaced ${name}`, this.#recorded(name));
      this.resources.delete(name);
    }
    await run.replaceHost(provider);
  }

  async #deletePending(run: Run, isSelected = (_name: string) => true): Promise<void> {
    for (const copy of this.pending.toReversed().filter(({ name }) => isSelected(name))) {
      await this.#delete(run, `replaced ${copy.name}`, copy);
      this.pending.splice(this.pending.indexOf(copy), 1);
    }
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

  /** All reads are made, also if others fail. */
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
    const changed = !isDeepStrictEqual(shownOf(read.properties), shownOf(old.outputs));
    run.steps.push(`${changed ? "update" : "same"} ${name}`);
    const inputs = read.inputs ?? old.inputs;
    this.resources.set(name, { ...old, id: read.id, inputs, outputs: read.properties, initErrors: [] });
  }
}

/** One run of one stack: its steps, and their host. */
class Run {
  readonly steps: string[] = [];

  constructor(readonly hosts: Hosts) {}

  host(provider: string): Promise<HostCalls> {
    return this.hosts.of(provider);
  }

  replaceHost(provider: string): Promise<void> {
    return this.hosts.replace(provider);
  }
}

type HostSettings = Pick<Stack, "environment" | "config" | "providers"> & { onProcesses?: boolean };

/** TEST_HOSTS=processes: every host is a process, as with the engine. */
const onlyProcesses = process.env["TEST_HOSTS"] === "processes";

/** One engine, and a host for each provider that is needed. */
export class Hosts {
  readonly #hosts = new Map<string, Promise<HostCalls>>();
  readonly #journals: string[];
  #program: ProgramSide | undefined;

  static async start(settings: HostSettings): Promise<Hosts> {
    const hosts = new Hosts(await Engine.start(), settings);
    // An earlier engine may have had the port, and its files belong to a process that still runs: this one.
    hosts.#removeJournals();
    return hosts;
  }

  private constructor(
    private readonly engine: Engine,
    private readonly settings: HostSettings,
  ) {
    this.#journals = ["", "removals-"].map((what) => new ProcessJournal(what, engine.address).folder);
  }

  get logged(): LogLine[] {
    return this.engine.logged;
  }

  /** The program of an update. */
  get program(): ProgramSide {
    return (this.#program ??= new ProgramSide(this.engine.address));
  }

  of(provider: string): Promise<HostCalls> {
    const started = this.#hosts.get(provider) ?? this.#start(provider);
    this.#hosts.set(provider, started);
    return started;
  }

  /** The provider has a new process from now on; the former one ends with the others. */
  async replace(provider: string): Promise<void> {
    const before = this.#hosts.get(provider);
    if (before) this.#hosts.set(`${provider} before ${this.#hosts.size}`, before);
    this.#hosts.delete(provider);
  }

  async close(): Promise<void> {
    const started = await Promise.allSettled(this.#hosts.values());
    for (const host of started) if (host.status === "fulfilled") await host.value.close();
    this.engine.kill();
    // All runs of the tests share their parent, and each host reads it: with a thousand folders, that takes more time than
    // the rest of a run.
    this.#removeJournals();
  }

  #removeJournals(): void {
    for (const folder of this.#journals) rmSync(folder, { recursive: true, force: true });
  }

  async #start(provider: string): Promise<HostCalls> {
    const { environment, config, providers, onProcesses } = this.settings;
    const host =
      onProcesses || onlyProcesses
        ? await Host.start(this.engine, environment)
        : new InProcessHost(this.engine, environment);
    await host.configure(provider === "" ? config : providers[provider]);
    return host;
  }
}

/** Waits for all, also if others fail. */
async function settled(steps: Promise<void>[]): Promise<void> {
  const ended = await Promise.allSettled(steps);
  // Steps that wait for a failed step fail with it.
  const errors = [...new Set(ended.flatMap((step) => (step.status === "rejected" ? [step.reason as Error] : [])))];
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, errors.map(String).join("\n"));
}

const dependenciesIn = (program: Program) => (name: string) => mentioned(program[name]!);

function mentionsIn({ inputs }: Declaration): Record<string, string> {
  const entries = Object.entries(inputs).flatMap(([input, value]) =>
    value instanceof Reference ? [[input, value.name] as const] : [],
  );
  return Object.fromEntries(entries);
}

function mentioned(declaration: Declaration): string[] {
  return Object.values(mentionsIn(declaration));
}

/** Whether a run covers a resource. */
function within({ targets, excludes = [] }: Limits): (name: string) => boolean {
  return (name) => (targets?.includes(name) ?? true) && !excludes.includes(name);
}

function resolved(inputs: Properties, ids: ReadonlyMap<string, string>): Properties {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [name, value instanceof Reference ? ids.get(value.name) : value]),
  );
}

/** The outputs that a refresh shows: the engine leaves out names that begin with two underscores. */
function shownOf(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !name.startsWith("__")));
}
