import type { Managed } from "../pulumi/managed.js";

/** Logical names for objects to adopt: not used in the stack yet, and each only once. */
export class Names {
  readonly #taken: Set<string>;

  constructor(managed: readonly Managed[]) {
    this.#taken = new Set(managed.map(({ kind, name }) => `${kind} ${name}`));
  }

  free(kind: Managed["kind"], wanted: string): string {
    const candidates = (count: number) => (count === 1 ? wanted : `${wanted}-${count}`);
    let count = 1;
    while (this.#taken.has(`${kind} ${candidates(count)}`)) count++;
    this.#taken.add(`${kind} ${candidates(count)}`);
    return candidates(count);
  }
}
