import { shapeError } from "./failures.js";
import { excess } from "./json.js";
import type { RequestFacts } from "../../core/errors.js";

/** A successful response. */
export interface Answer {
  facts: RequestFacts;
  body: string;
}

/**
 * The JSON content of a successful response; anything else is a `ResponseShapeError`, which shows nothing of the
 * content.
 */
export function contentOf({ body, facts }: Answer): unknown {
  const start = body.trimStart()[0];
  if (start === undefined) throw shapeError(facts, "without any content");
  if (start === "<") throw shapeError(facts, "with an HTML page instead of JSON");
  const tooMuch = excess(body);
  if (tooMuch !== undefined) throw shapeError(facts, tooMuch);
  try {
    return JSON.parse(body);
  } catch {
    throw shapeError(facts, "with something that is not JSON, or breaks off");
  }
}

/** The same; `undefined` if the response is empty, as that of a write may be. */
export function contentIfAny(answer: Answer): unknown {
  return answer.body.trim() === "" ? undefined : contentOf(answer);
}
