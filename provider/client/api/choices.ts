/** A value that a field takes, and what people read. */
export interface Choice {
  value: string;
  label: string;
}

const MOST_CHOICES = 1000;
/** Groups in groups; forms have one level. */
const DEEPEST = 4;

/** Names that frameworks and form libraries give to the parts of one choice, the usual ones first. */
const VALUES = ["value", "key", "id", "code", "slug", "name"];
const LABELS = ["label", "display_name", "displayName", "display", "title", "text", "name"];
const CHILDREN = ["choices", "options", "children", "items"];
/** What a list of choices may be wrapped in. */
const WRAPPERS = ["choices", "results", "industry_choices", "industries", "industry", "options", "items", "data"];

/**
 * The choices of an answer, of which no source tells the shape: texts, pairs, objects, a map from value to label, groups of
 * these as forms have them, at the top or wrapped. A value that comes twice counts once; the empty choice of a form, which
 * stands for none, is left out. `undefined` where some part of the answer is no choice, or there are more than a form holds.
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

/** Part of the answer is no choice: to leave it out could refuse what the service takes. */
class NoChoice extends Error {}

function unwrapped(answer: unknown): unknown {
  const wrapper =
    isObject(answer) && WRAPPERS.find((name) => typeof answer[name] === "object" && answer[name] !== null);
  // An object of one choice has none of these; a map of groups may have one among others.
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

/** Value and label, a group's label and what is in it, or a value and an object that tells of it. */
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

/** `null` is the value of the empty choice of some forms. */
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
