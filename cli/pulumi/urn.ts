/** The component that reads people from a file or a list. */
export const peopleType = "avala:index:People";

/**
 * The engine's names of resources: `urn:pulumi:<stack>::<project>::<types>::<name>`. Only the name may contain `::`; the types
 * of the parents stand before the resource's own, separated by `$`.
 */
export interface Urn {
  /** Types of the parents, the outermost first, and of the resource itself. */
  types: string[];
  /** Type of the resource. */
  type: string;
  /** Logical name. */
  name: string;
}

export function parseUrn(urn: string): Urn {
  const [, , types = "", ...name] = urn.split("::");
  const list = types.split("$");
  return { types: list, type: list.at(-1)!, name: name.join("::") };
}

/** The logical name of a resource. */
export function nameOf(urn: string): string {
  return parseUrn(urn).name;
}

/** Types and name: what is the same in every stack and project. */
export function pathOf({ types, name }: Pick<Urn, "types" | "name">): string {
  return `${types.join("$")}::${name}`;
}

/** The URN in a reference to a provider, `<urn>::<id>`: an id contains no `::`. */
export function providerOf(reference: unknown): string {
  return typeof reference === "string" ? reference.slice(0, Math.max(0, reference.lastIndexOf("::"))) : "";
}
