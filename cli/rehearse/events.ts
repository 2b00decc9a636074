import { nameOf } from "../pulumi/urn.js";
import { isObject, propertiesOf, type Properties } from "../pulumi/values.js";

/** What came of a run of the engine. Names and messages may contain text of the service: not to be shown as they are. */
export interface Outcome {
  /** Exit code of the CLI. */
  code: number;
  /** Logical name and message, of each resource that failed; the name is empty if the run itself failed. */
  errors: { name: string; message: string }[];
  warnings: string[];
}

/**
 * Errors and warnings in the engine's log of events.
 * @param log one event per line; the last may be cut off
 */
export function diagnosedIn(log: string): Pick<Outcome, "errors" | "warnings"> {
  const diagnosed = log.split("\n").flatMap(diagnosticIn);
  const errors = diagnosed
    .filter(({ severity }) => severity === "error")
    .map(({ urn, message }) => ({ name: typeof urn === "string" ? nameOf(urn) : "", message: textOf(message) }));
  const warnings = diagnosed.filter(({ severity }) => severity === "warning").map(({ message }) => textOf(message));
  const once = new Map(errors.map((error) => [JSON.stringify(error), error]));
  return { errors: [...once.values()], warnings: [...new Set(warnings)] };
}

function diagnosticIn(line: string): Properties[] {
  try {
    const { diagnosticEvent } = propertiesOf(JSON.parse(line));
    return isObject(diagnosticEvent) ? [diagnosticEvent] : [];
  } catch {
    return [];
  }
}

/** Without the engine's marks for colours. */
function textOf(message: unknown): string {
  return String(message)
    .replaceAll(/<\{%[^%]*%\}>/g, "")
    .trim();
}
