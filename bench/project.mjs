import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { backendUrl } from "../scripts/platform.mjs";
import { PROJECT } from "../scripts/project.mjs";
import { runStep } from "../scripts/run.mjs";
import { BenchError } from "./benchError.mjs";
import { FOLDER, PROFILES } from "./folder.mjs";

const NAME = "bench";
const STACK = "bench";
/** `times` tells what all descendants that were waited for have used. */
const WITH_TIMES = '"$@"; code=$?; times >"$BENCH_FIGURES/times"; exit $code';
const LINES_SHOWN = 20;
let opened = 0;

/** A Pulumi project in a folder of its own, with its own state. */
export class Project {
  #engine;
  #environment;
  #folder = join(FOLDER, `project-${++opened}`);
  #figures = join(this.#folder, "figures");

  /**
   * @param engine the `command` and `env` of a Pulumi CLI
   * @param program name of the file in bench/programs
   * @param environment what program and host see beside the engine's
   */
  static async open({ engine, program, environment }) {
    const project = new Project(engine, environment);
    for (const name of ["state", "tmp", "figures"]) mkdirSync(join(project.#folder, name), { recursive: true });
    const index = `require(${JSON.stringify(join(PROJECT, "bench/programs", program))});\n`;
    project.write("Pulumi.yaml", `name: ${NAME}\nruntime: nodejs\n`);
    project.write("package.json", JSON.stringify({ name: NAME, private: true, main: "index.js" }));
    project.write("index.js", index);
    await project.#pulumi(["stack", "init", "--no-select"], {});
    return project;
  }

  constructor(engine, environment) {
    this.#engine = engine;
    this.#environment = environment;
  }

  write(name, text) {
    mkdirSync(join(this.#folder, name, ".."), { recursive: true });
    writeFileSync(join(this.#folder, name), text);
  }

  /** Sets the program. */
  declare(declarations) {
    this.write("program.json", JSON.stringify(declarations));
  }

  /**
   * Runs the engine once and answers what that took: seconds of wall and CPU, the latter of all processes, of the program
   * and of the host alone, and of the host its memory and the longest pause of its event loop.
   *
   * @param profile begins the names of the CPU profiles to keep
   */
  async measure(args, environment, { profile } = {}) {
    for (const name of readdirSync(this.#figures)) rmSync(join(this.#figures, name));
    const profiles = profile === undefined ? {} : { BENCH_PROFILES: PROFILES, BENCH_LABEL: profile };
    if (profile !== undefined) mkdirSync(PROFILES, { recursive: true });
    const started = performance.now();
    await this.#pulumi(args, {
      NODE_OPTIONS: `--require ${JSON.stringify(join(PROJECT, "bench/probe.cjs"))}`,
      ...environment,
      ...profiles,
    });
    const wallSeconds = (performance.now() - started) / 1000;
    return { wallSeconds, ...this.#figuresLeft(args) };
  }

  #figuresLeft(args) {
    const left = (role) =>
      readdirSync(this.#figures)
        .filter((name) => name.startsWith(`${role}-`))
        .map((name) => JSON.parse(readFileSync(join(this.#figures, name), "utf8")));
    const hosts = left("host");
    if (hosts.length !== 1) throw new BenchError(`pulumi ${args[0]} had ${hosts.length} host processes, not one.`);
    const [{ cpuSeconds, memoryBytes, longestPauseMs }] = hosts;
    return {
      cpuSeconds: secondsOf(readFileSync(join(this.#figures, "times"), "utf8")),
      // A refresh and a destroy need no program.
      programCpuSeconds: left("program").reduce((sum, program) => sum + program.cpuSeconds, 0),
      hostCpuSeconds: cpuSeconds,
      hostMemoryBytes: memoryBytes,
      longestPauseMs,
    };
  }

  get #stateFile() {
    return join(this.#folder, "state/.pulumi/stacks", NAME, `${STACK}.json`);
  }

  get stateBytes() {
    return statSync(this.#stateFile).size;
  }

  /** The declared resources in state, without stack and providers. */
  get resources() {
    const { checkpoint } = JSON.parse(readFileSync(this.#stateFile, "utf8"));
    return checkpoint.latest.resources.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/"));
  }

  close() {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #pulumi(args, environment) {
    const given = [...args, "--stack", STACK, "--non-interactive", "--color", "never"];
    const temporary = join(this.#folder, "tmp");
    const lines = [];
    const code = await runStep("/bin/sh", ["-c", WITH_TIMES, "sh", this.#engine.command, ...given], {
      cwd: this.#folder,
      ownGroup: true,
      onLine: (line) => lines.push(line),
      env: {
        ...this.#engine.env,
        PULUMI_HOME: join(this.#folder, "home"),
        PULUMI_BACKEND_URL: backendUrl(join(this.#folder, "state")),
        PULUMI_CONFIG_PASSPHRASE: "bench",
        BENCH_FIGURES: this.#figures,
        TMPDIR: temporary,
        TEMP: temporary,
        TMP: temporary,
        ...this.#environment,
        ...environment,
      },
    });
    if (code === 0) return;
    const end = lines.filter(Boolean).slice(-LINES_SHOWN);
    throw new BenchError([`pulumi ${args.join(" ")} ended with exit code ${code}:`, ...end].join("\n  "));
  }
}

/** Of the output of `times`, user and system of the children: its second line, as `0m1.5s 0m0.2s`. */
function secondsOf(times) {
  const [, children] = times.split("\n");
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds),
    0,
  );
}
