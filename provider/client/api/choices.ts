/** A value of a field, and its name for display. */
export interface Choice {
  value: string;
  label: string;
}

const MOST_CHOICES = 1000;
/** Highest depth of groups; forms have one level. */
const DEEPEST = 4;

/** Field names of frameworks and form libraries for the parts of one choice, the most usual first. */
const VALUES = ["value", "key", "id", "code", "slug", "name"];
const LABELS = ["label", "display_name", "displayName", "display", "title", "text", "name"];
const CHILDREN = ["choices", "options", "children", "items"];
/** Fields that may contain the list of choices. */
const WRAPPERS = ["choices", "results", "industry_choices", "industries", "industry", "options", "items", "data"];

/**
 * The choices of a response whose shape is not documented: texts, pairs, objects, a map from value to label, or groups
 * of these, at the top level or wrapped. A value that occurs twice counts once; the empty choice of a form, which means
 * none, is left out. `undefined` if any part of the response is not a choice, or if there are more than a form has.
 */
export function choicesOf(answer: unknown): Choice[] | undefined {
  try {
    const byValue = new Map<string, Choice>();
    for (const choice of choicesIn(unwrapped(answer), 0)) {
      if (choice.value !== "" && !byValue.has(choice.value)) byValue.set(choice.value, choice);
      if (byValue.size > MOST_CHOICES) return undefined;
    }
    return [...byValue.values()];
  } catch (error) {
    if (error instanceof NoChoice) return undefined;
    throw error;
  }
}

/** A part of the response is not a choice: without it, a value that the service accepts could be refused. */
class NoChoice extends Error {}

function unwrapped(answer: unknown): unknown {
  const wrapper =
    isObject(answer) && WRAPPERS.find((name) => typeof answer[name] === "object" && answer[name] !== null);
  // The object of one choice has none of these; a map of groups may have one of them.
  return wrapper ? unwrapped((answer as Record<string, unknown>)[wrapper]) : answer;
}

function* choicesIn(group: unknown, depth: number): Generator<Choice> {
  if (depth > DEEPEST) throw new NoChoice();
  if (Array.isArray(group)) for (const entry of group as unknown[]) yield* fromEntry(entry, depth);
  else if (isObject(group)) for (const [name, inner] of Object.entries(group)) yield* fromPair(name, inner, depth);
  else throw new NoChoice();
}

function* fromEntry(entry: unknown, depth: number): Generator<Choice> {
  const text = textOf(entry);
  if (text !== undefined) yield { value: text, label: text };
  else if (Array.isArray(entry) && entry.length === 2) yield* fromPair(entry[0], entry[1], depth);
  else if (isObject(entry)) yield* fromObject(entry, undefined, depth);
  else throw new NoChoice();
}

/** Value and label, a group's label and content, or a value and an object that describes it. */
function* fromPair(first: unknown, second: unknown, depth: number): Generator<Choice> {
  const value = textOf(first);
  const label = textOf(second);
  if (value === undefined) throw new NoChoice();
  if (label !== undefined) yield { value, label: label || value };
  else if (isObject(second) && !Object.values(second).some(isGroup) && textIn(second, LABELS) !== undefined) {
    yield* fromObject(second, value, depth);
  } else yield* choicesIn(second, depth + 1);
}

function* fromObject(entry: Record<string, unknown>, known: string | undefined, depth: number): Generator<Choice> {
  const children = CHILDREN.find((name) => isGroup(entry[name]));
  if (children !== undefined) return yield* choicesIn(entry[children], depth + 1);
  const value = textIn(entry, VALUES) ?? known;
  if (value === undefined) throw new NoChoice();
  yield { value, label: textIn(entry, LABELS) || value };
}

function textIn(entry: Record<string, unknown>, names: readonly string[]): string | undefined {
  return names.map((name) => textOf(entry[name])).find((text) => text !== undefined);
}

/** `null` is the value of the empty choice in some forms. */
function textOf(value: unknown): string | undefined {
  if (value === null) return "";
  return typeof value === "string" ? value : undefined;
}

function isGroup(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return isGroup(value) && !Array.isArray(value);
}
