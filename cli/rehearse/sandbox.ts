import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { backendUrl } from "../../provider/core/platform.js";
import { Interrupted, PreviewError, StackError } from "../errors.js";
import { previewCommand } from "../pulumi/preview.js";
import { errorsIn, parse, reasonIn, type StackTarget } from "../pulumi/run.js";
import { propertiesOf, rowsOf } from "../pulumi/values.js";
import { writeStack, type StackName } from "./backend.js";
import { configurationFile, type Configuration } from "./configuration.js";
import { Events, type Outcome } from "./events.js";
import { makeFolder, removeFolder } from "./folder.js";
import { Passphrase } from "./passphrase.js";
import { Processes, type Ended } from "./processes.js";
import { referencedStacks } from "./references.js";

export type { Outcome } from "./events.js";

/** A copy of a stack, on which the real engine runs the real program. */
export interface Sandbox {
  /** Runs `pulumi up`, with further arguments. A run that fails is an outcome, not an error. */
  up(more?: readonly string[]): Promise<Outcome>;
  /**
   * The document that `pulumi preview --json` writes, with what stays as it is.
   * @throws StackError if the preview fails
   */
  preview(): Promise<unknown>;
  /** The state of the copy, secrets in clear: nothing of it may be shown or written. */
  exported(): Promise<unknown>;
}

/** What a sandbox is made of. */
export interface Copied {
  /** Of the real stack: `exportedState` with secrets. */
  state: unknown;
  /** Of the real stack: the document of `previewed`. It names the stack, and the stacks that the program refers to. */
  preview: unknown;
  /** Of the real stack: `readConfiguration`. */
  config: Configuration;
  /** Value of `AVALA_REHEARSAL`. */
  rehearsalUrl: string;
  /** Called with each step that `pulumi up` begins: "create Team core". */
  onProgress?: ((text: string) => void) | undefined;
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Copies a stack into a private temporary folder: state and configuration, with secrets encrypted, and the outputs of
 * stacks that it refers to. Runs `work` with the copy. At every end, also by a signal, its processes are ended and the
 * folder is removed. Nothing is written into the project, its backend, and the home of the CLI.
 * @throws Interrupted after a signal
 * @throws StackError if something cannot be copied
 */
export async function withSandbox<T>(
  stackTarget: StackTarget,
  copied: Copied,
  work: (sandbox: Sandbox) => Promise<T>,
): Promise<T> {
  const own = stackIn(copied.preview);
  const references = await referencedStacks(stackTarget, own, copied);
  const passphrase = new Passphrase();
  const folder = makeFolder();
  const controller = new AbortController();
  const environment = environmentIn(folder, stackTarget, passphrase, copied.rehearsalUrl);
  const processes = new Processes(environment, controller.signal);
  const onSignal = (signal: Interrupted["signal"]) => {
    if (controller.signal.aborted) processes.kill();
    else controller.abort(new Interrupted(signal));
  };
  const onExit = () => {
    processes.kill();
    removeFolder(folder);
  };
  for (const signal of signals) process.on(signal, onSignal);
  process.once("exit", onExit);
  try {
    fill(
      folder,
      [{ ...own, state: copied.state }, ...references],
      copied.config,
      passphrase,
      stackTarget,
      packagesIn(copied),
    );
    const sandbox = new StackCopy(folder, own, stackTarget, processes, copied.onProgress);
    return await unlessAborted(controller.signal, work(sandbox));
  } finally {
    await processes.ended();
    removeFolder(folder);
    process.removeListener("exit", onExit);
    for (const signal of signals) process.removeListener(signal, onSignal);
  }
}

/** The stack of a preview: each contains the step of the stack itself. */
function stackIn(preview: unknown): StackName {
  const { steps } = propertiesOf(preview);
  const urns = rowsOf(steps).map(({ urn }) => String(urn));
  const [, stack, project] = /^urn:pulumi:([^:]+)::([^:]+)::/.exec(urns[0] ?? "") ?? [];
  if (stack !== undefined && project !== undefined) return { project, stack };
  throw new PreviewError("The preview does not name its stack.", `Pass the output of: ${previewCommand}.`);
}

const pathsIn = (folder: string) => ({
  state: join(folder, "state"),
  home: join(folder, "home"),
  temporary: join(folder, "tmp"),
  configuration: join(folder, "configuration.yaml"),
});

/** That of the command, with everything replaced that would lead the CLI or a process of the run out of the folder. */
function environmentIn(
  folder: string,
  { environment }: StackTarget,
  passphrase: Passphrase,
  rehearsalUrl: string,
): NodeJS.ProcessEnv {
  const { state, home, temporary } = pathsIn(folder);
  const { PULUMI_CONFIG_PASSPHRASE_FILE: _, ...rest } = environment;
  return {
    ...rest,
    AVALA_REHEARSAL: rehearsalUrl,
    PULUMI_BACKEND_URL: backendUrl(state),
    PULUMI_CONFIG_PASSPHRASE: passphrase.text,
    PULUMI_CREDENTIALS_PATH: home,
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "false",
    PULUMI_HOME: home,
    // A file backend writes all of the state after each step: 5,000 steps would take hours.
    PULUMI_SKIP_CHECKPOINTS: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    TEMP: temporary,
    TMP: temporary,
    TMPDIR: temporary,
    // The processes of a run share notes there, or else in the folder for temporary files.
    XDG_RUNTIME_DIR: temporary,
  };
}

function fill(
  folder: string,
  stacks: readonly (StackName & { state: unknown })[],
  config: Configuration,
  passphrase: Passphrase,
  { environment }: StackTarget,
  used: ReadonlySet<string>,
): void {
  const paths = pathsIn(folder);
  for (const path of [paths.state, paths.home, paths.temporary]) mkdirSync(path, { mode: 0o700 });
  for (const { state, ...name } of stacks) writeStack(paths.state, name, state, passphrase);
  writeFileSync(paths.configuration, configurationFile(config, passphrase), { mode: 0o600 });
  linkPlugins(resolve(environment["PULUMI_HOME"] || join(homedir(), ".pulumi"), "plugins"), paths.home, used);
}

/**
 * The preview of the real stack has installed the plugins that are needed. Those of packages that neither state nor preview
 * contain are left out: a program that behaves differently in `up` cannot change anything by them.
 */
function linkPlugins(from: string, home: string, used: ReadonlySet<string>): void {
  const to = join(home, "plugins");
  mkdirSync(to, { mode: 0o700 });
  for (const name of existsSync(from) ? readdirSync(from) : []) {
    const [, packageName] = /^resource-(.+?)-v\d/.exec(name) ?? [];
    const isLeftOut = name.startsWith("resource-") && (packageName === undefined || !used.has(packageName));
    if (!isLeftOut && statSync(join(from, name)).isDirectory())
      symlinkSync(join(from, name), join(to, name), "junction");
  }
}

/** Packages that have a provider in the state or in the preview. */
function packagesIn({ state, preview }: Copied): Set<string> {
  const recorded = rowsOf(propertiesOf(propertiesOf(state)["deployment"])["resources"]);
  const declared = rowsOf(propertiesOf(preview)["steps"]).map(({ newState, oldState }) =>
    propertiesOf(newState ?? oldState),
  );
  const types = [...recorded, ...declared].map(({ type }) => /^pulumi:providers:(.+)$/s.exec(String(type))?.[1]);
  return new Set(types.filter((name) => name !== undefined));
}

class StackCopy implements Sandbox {
  readonly #folder: string;
  readonly #own: StackName;
  readonly #cwd: string;
  readonly #processes: Processes;
  readonly #onProgress: ((text: string) => void) | undefined;

  constructor(
    folder: string,
    own: StackName,
    { options }: StackTarget,
    processes: Processes,
    onProgress: Copied["onProgress"],
  ) {
    this.#folder = folder;
    this.#own = own;
    this.#cwd = resolve(options.cwd ?? ".");
    this.#processes = processes;
    this.#onProgress = onProgress;
  }

  async up(more: readonly string[] = []): Promise<Outcome> {
    const events = new Events(this.#onProgress);
    const args = ["up", "--yes", "--skip-preview", "--json", ...more, ...this.#configured()];
    const { code, stderr } = await this.#run(args, (line) => events.take(line));
    const { errors, warnings } = events;
    // The CLI fails on its own where the engine has nothing to say.
    if (code !== 0 && errors.length === 0) errors.push({ name: "", message: reasonIn(stderr) });
    return { code, errors, warnings };
  }

  async preview(): Promise<unknown> {
    const args = [...previewCommand.split(" ").slice(1), ...this.#configured()];
    const { code, stdout, stderr } = await this.#run(args);
    if (code === 0) return parse(stdout, "pulumi preview");
    throw new StackError(
      `pulumi preview failed on the copy: ${reasonIn(`${errorsIn(stdout)} ${stderr}`)}`,
      "The message says what to do. Nothing was changed in Avala.",
    );
  }

  async exported(): Promise<unknown> {
    const { code, stdout, stderr } = await this.#run(["stack", "export", "--show-secrets"]);
    if (code === 0) return parse(stdout, "pulumi stack export");
    throw new StackError(
      `pulumi stack export failed on the copy: ${reasonIn(stderr)}`,
      "Run the command again. Nothing was changed in Avala.",
    );
  }

  #configured(): string[] {
    return ["--config-file", pathsIn(this.#folder).configuration];
  }

  #run(args: readonly string[], onLine?: (line: string) => void): Promise<Ended> {
    const common = ["--non-interactive", "--color", "never", "--cwd", this.#cwd];
    return this.#processes.run([...args, "--stack", this.#own.stack, ...common], onLine);
  }
}

/** The result of the work, or the reason of the signal as soon as it is aborted. */
async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
  return Promise.race([work, aborted]);
}
