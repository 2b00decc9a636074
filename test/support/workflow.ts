import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, join, resolve } from "node:path";
import { parse } from "yaml";
import type { Project } from "./pulumi.js";

interface Step {
  name?: string;
  id?: string;
  uses?: string;
  run?: string;
  if?: string;
  with?: Record<string, string>;
  env?: Record<string, string>;
}

interface Job {
  needs?: string;
  env?: Record<string, string>;
  outputs?: Record<string, string>;
  steps: Step[];
}

interface Workflow {
  env?: Record<string, string>;
  jobs: Record<string, Job>;
}

/** The result of one run of a workflow. */
export interface Run {
  /** The first step that failed, as `job: step`; undefined if all succeeded. */
  failed: string | undefined;
  /** Everything that steps printed. */
  log: string;
}

/** One request to GitHub, as recorded by the stand-in for `gh`. */
export type Call = Record<string, string>;

const root = resolve(__dirname, "../..");
const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/**
 * Runs the steps of a workflow of GitHub's, one job after the other: shell steps in a real shell, with the installed
 * programs; actions are replaced by their results. `gh` is a stand-in, which records its requests.
 */
export class Runner {
  readonly #project: Project;
  readonly #desk: string;
  /** The files of checkouts: the branch of the workflow run, and a pull request. */
  branch: Record<string, string> = {};
  pullRequest: (folder: string) => void = () => undefined;
  /** The answers of `gh`, by `METHOD path` or command. */
  answers: Record<string, unknown> = {};
  /** Values of expressions, by their path: `secrets.AVALA_API_KEY`. */
  context: Record<string, string> = {};

  constructor(project: Project) {
    this.#project = project;
    this.#desk = join(project.folder, "github");
    mkdirSync(join(this.#desk, "bin"), { recursive: true });
    const gh = join(this.#desk, "bin/gh");
    writeFileSync(gh, `#!/bin/sh\nexec node ${JSON.stringify(join(root, "test/support/programs/gh.js"))} "$@"\n`);
    chmodSync(gh, 0o755);
  }

  /** Requests to GitHub since the last call. */
  calls(): Call[] {
    const file = join(this.#desk, "calls.jsonl");
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
    writeFileSync(file, "");
    return lines.map((line) => JSON.parse(line) as Call);
  }

  /** Puts an uploaded artifact where `gh run download <run>` finds it. */
  keep(artifact: string, run: string): void {
    cpSync(this.#artifact(artifact), join(this.#desk, "artifacts", run, artifact), { recursive: true });
  }

  async run(file: string): Promise<Run> {
    const workflow = parse(readFileSync(file, "utf8")) as Workflow;
    writeFileSync(join(this.#desk, "answers.json"), JSON.stringify(this.answers));
    const values = new Map(Object.entries({ "github.token": "token-of-the-job", ...this.context }));
    let log = "";
    for (const [name, job] of Object.entries(workflow.jobs)) {
      this.#clear();
      for (const step of job.steps) {
        const { code, output } = await this.#step(step, { ...workflow.env, ...job.env }, values);
        log += output;
        if (code !== 0) return { failed: `${name}: ${step.name ?? step.uses}`, log };
      }
      for (const [output, expression] of Object.entries(job.outputs ?? {})) {
        values.set(`needs.${name}.outputs.${output}`, filled(expression, values));
      }
    }
    return { failed: undefined, log };
  }

  /** Each job has a machine of its own. In reality, the state and the CLI's files are elsewhere. */
  #clear(): void {
    const { folder } = this.#project;
    const kept = new Set(["github", "home", "state", "tmp", "Pulumi.test.yaml"]);
    for (const name of readdirSync(folder)) if (!kept.has(name)) rmSync(join(folder, name), { recursive: true });
  }

  async #step(step: Step, shared: Record<string, string>, values: Map<string, string>) {
    if (step.if !== undefined && !holds(step.if, values)) return { code: 0, output: "" };
    const fill = (all: Record<string, string> = {}) =>
      Object.fromEntries(Object.entries(all).map(([name, value]) => [name, filled(text(value), values)]));
    if (step.uses !== undefined) {
      this.#act(step.uses, fill(step.with));
      return { code: 0, output: "" };
    }
    const outputs = join(this.#desk, "outputs");
    writeFileSync(outputs, "");
    const env = {
      ...fill({ ...shared, ...step.env }),
      GH_DESK: this.#desk,
      GITHUB_OUTPUT: outputs,
      GITHUB_REPOSITORY: "acme/access",
      GITHUB_SHA: values.get("github.sha") ?? "",
      PATH: `${join(this.#desk, "bin")}:${this.#project.environment()["PATH"]}`,
    };
    // The shell of GitHub's runners.
    const { code, stdout, stderr } = await this.#project.exec("bash", ["-eo", "pipefail", "-c", step.run!], env);
    for (const line of readFileSync(outputs, "utf8").split("\n").filter(Boolean)) {
      const [name, value] = line.split("=") as [string, string];
      values.set(`steps.${step.id}.outputs.${name}`, value);
    }
    return { code, output: `${stdout}\n${stderr}\n` };
  }

  #act(uses: string, inputs: Record<string, string>): void {
    const { folder } = this.#project;
    const action = uses.split("@")[0];
    if (action === "actions/setup-node" || action === "pulumi/actions") return;
    if (action === "actions/checkout") {
      if (inputs["path"] === undefined) return this.#project.write(this.branch);
      mkdirSync(join(folder, inputs["path"]));
      return this.pullRequest(join(folder, inputs["path"]));
    }
    const { name, path = "." } = inputs;
    if (action === "actions/upload-artifact") {
      return cpSync(join(folder, path), join(this.#artifact(name!), fileIn(join(folder, path))), { recursive: true });
    }
    if (action === "actions/download-artifact") {
      return cpSync(this.#artifact(name!), join(folder, path), { recursive: true });
    }
    throw new Error(`What ${uses} does is not known here.`);
  }

  #artifact(name: string): string {
    return join(this.#desk, "uploads", name);
  }
}

/** An artifact contains a folder, or one file by its name. */
function fileIn(path: string): string {
  return statSync(path).isDirectory() ? "." : basename(path);
}

function filled(template: string, values: ReadonlyMap<string, string>): string {
  return template.replaceAll(/\$\{\{ ([^}]+) \}\}/g, (_, path: string) => valueOf(path, values));
}

function valueOf(path: string, values: ReadonlyMap<string, string>): string {
  const value = values.get(path);
  if (value === undefined) throw new Error(`The value of ${path} is not known here.`);
  return value;
}

function holds(condition: string, values: ReadonlyMap<string, string>): boolean {
  const [, path, operator, expected] = /^(\S+) (==|!=) '([^']*)'$/.exec(condition) ?? [];
  if (path === undefined) throw new Error(`${condition} is not known here.`);
  return (valueOf(path, values) === expected) === (operator === "==");
}
