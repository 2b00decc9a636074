import { join } from "node:path";
import { PROJECT } from "../scripts/project.mjs";
import { countCalls } from "./calls.mjs";
import { startEmulator } from "./emulator.mjs";
import { Project } from "./project.mjs";
import nullHandler from "./programs/nullHandler.js";
import { declarationsOf, seedOf, SHAPES } from "./shapes.mjs";

/** What is compared, in the order in which it is run. */
export const CONTENDERS = ["provider", "null", "naive"];

/** One contender with one program: its project, and the emulator that it talks to. */
export class Contender {
  #project;
  #emulator;
  #shape;
  #base;
  #places;
  #like;

  /**
   * @param engine the `command` and `env` of a Pulumi CLI
   * @param like for `null`: the contender whose recorded ids, inputs and outputs it repeats
   */
  static async open(name, { engine, shape, size, like }) {
    // Nobody is asked by handlers that do nothing.
    const emulator = name === "null" ? undefined : await startEmulator(seedOf(size));
    const environment = {
      AVALA_MAX_REMOVALS: String(size.people * size.teams),
      ...(size.checkpoints ? {} : { PULUMI_SKIP_CHECKPOINTS: "true" }),
    };
    const project = await Project.open({ engine, program: `${name}.js`, environment });
    return new Contender({ name, project, emulator, like, shape, ...declarationsOf(shape, size) });
  }

  constructor({ name, project, emulator, like, shape, base, places }) {
    this.name = name;
    this.#project = project;
    this.#emulator = emulator;
    this.#like = like;
    this.#shape = SHAPES[shape];
    this.#base = base;
    this.#places = places;
  }

  /** Brings what a run loads into the caches of the machine, and changes nothing. */
  async warmUp() {
    this.#project.declare(this.#base.slice(0, 1));
    if (this.#like) this.#writeHandler([]);
    await this.#project.measure(["preview"], this.#emulator?.environment);
  }

  /** Runs an operation and answers its figures. */
  async measure({ key, args, changesProgram = false }, { profile } = {}) {
    if (changesProgram) this.#places = this.#shape.change(this.#places);
    if (key === "firstUp" || changesProgram) this.#declare();
    await this.#emulator?.takeCalls();
    const label = profile ? `${this.name}-${key}` : undefined;
    const figures = await this.#project.measure(args, this.#emulator?.environment, { profile: label });
    const calls = countCalls((await this.#emulator?.takeCalls()) ?? []);
    const edges = key === "firstUp" ? this.#edgeBytes() : {};
    return { ...figures, ...calls, stateBytes: this.#project.stateBytes, ...edges };
  }

  /** As `measure`, under a limit of calls; answers all calls. */
  async callsUnder(limit, { args }) {
    this.#declare();
    await this.#emulator.limit(limit);
    await this.#emulator.takeCalls();
    await this.#project.measure(args, this.#emulator.environment);
    return this.#emulator.takeCalls();
  }

  get resources() {
    return this.#project.resources;
  }

  async close() {
    this.#project.close();
    await this.#emulator?.stop();
  }

  #declare() {
    const declarations = [...this.#base, ...this.#places];
    if (this.#like === undefined) return this.#project.declare(declarations);
    const recorded = new Map(this.#like.resources.map((resource) => [nameOf(resource), resource]));
    // As recorded, where the provider has run the same operation before; only references go on being references.
    const filledIn = declarations.map(({ kind, name, args }) => {
      const { __provider: _, ...inputs } = recorded.get(name).inputs;
      const references = Object.entries(args).filter(([, value]) => value.$ref !== undefined);
      return { kind, name, args: { ...inputs, ...Object.fromEntries(references) } };
    });
    this.#project.declare(filledIn);
    this.#writeHandler(recorded.values());
  }

  /** The module that the null contender's text in state asks for. */
  #writeHandler(resources) {
    const answers = Object.fromEntries(
      [...resources].map(({ id, inputs, outputs }) => {
        const computed = Object.entries(outputs).filter(([name]) => !(name in inputs));
        return [nullHandler.naturalKey(inputs), { id, outputs: Object.fromEntries(computed) }];
      }),
    );
    const handler = JSON.stringify(join(PROJECT, "bench/programs/nullHandler.js"));
    this.#project.write("node_modules/null-provider/answers.json", JSON.stringify(answers));
    this.#project.write(
      "node_modules/null-provider/handler.js",
      `module.exports = require(${handler})(require("./answers.json"));\n`,
    );
  }

  /** Mean bytes in state of one edge, with its outputs and without them. */
  #edgeBytes() {
    const edges = this.#project.resources.filter(({ type }) => type.endsWith(`:${this.#shape.edgeKind}`));
    const mean = (change) => edges.reduce((sum, edge) => sum + bytesOf(change(edge)), 0) / edges.length;
    const bare = ({ outputs, ...edge }) => ({ ...edge, outputs: { __provider: outputs.__provider } });
    return edges.length === 0 ? {} : { edgeBytes: mean((edge) => edge), bareEdgeBytes: mean(bare) };
  }
}

const bytesOf = (value) => Buffer.byteLength(JSON.stringify(value));
const nameOf = ({ urn }) => urn.slice(urn.lastIndexOf("::") + 2);
