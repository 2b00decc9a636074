import { nameOf, parseUrn } from "../pulumi/urn.js";
import { isObject, propertiesOf, type Properties } from "../pulumi/values.js";

/** What came of a run of the engine. Names and messages may contain text of the service: not to be shown as they are. */
export interface Outcome {
  /** Exit code of the CLI. */
  code: number;
  /** Logical name and message, of each resource that failed; the name is empty if the run itself failed. */
  errors: { name: string; message: string }[];
  warnings: string[];
}

/** Reads the events that `pulumi up --json` prints, one in each line. They contain secrets: only what is kept here is. */
export class Events {
  readonly #errors = new Map<string, Outcome["errors"][number]>();
  readonly #warnings = new Set<string>();
  readonly #onStep: (text: string) => void;

  /** @param onStep called with each step that the engine begins: "create Team core" */
  constructor(onStep: (text: string) => void = () => undefined) {
    this.#onStep = onStep;
  }

  get errors(): Outcome["errors"] {
    return [...this.#errors.values()];
  }

  get warnings(): string[] {
    return [...this.#warnings];
  }

  take(line: string): void {
    const { diagnosticEvent, resourcePreEvent } = eventIn(line);
    if (isObject(diagnosticEvent)) this.#diagnosed(diagnosticEvent);
    const { op, urn } = propertiesOf(propertiesOf(resourcePreEvent)["metadata"]);
    if (typeof op !== "string" || typeof urn !== "string" || op === "same" || op === "read") return;
    const { type, name } = parseUrn(urn);
    this.#onStep(`${op} ${type.slice(type.lastIndexOf(":") + 1)} ${name}`);
  }

  #diagnosed({ severity, urn, message }: Properties): void {
    const text = String(message).trim();
    if (severity === "warning") this.#warnings.add(text);
    if (severity !== "error") return;
    const name = typeof urn === "string" ? nameOf(urn) : "";
    this.#errors.set(JSON.stringify([name, text]), { name, message: text });
  }
}

/** The last line may be cut off. */
function eventIn(line: string): Properties {
  try {
    return propertiesOf(JSON.parse(line));
  } catch {
    return {};
  }
}
