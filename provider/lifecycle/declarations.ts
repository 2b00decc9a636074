import { createHash } from "node:crypto";
import { engineAddress } from "./host.js";
import { SharedLines } from "./sharedLines.js";

/**
 * The identities that the declarations of this run hold. Moving a resource (renaming it, into a component, to another
 * provider) makes the engine create the new one and then delete the old one; that delete must not take away what the
 * new one has just converged on.
 */
export interface Declarations {
  hold(identities: readonly string[]): void;
  /** Those of these spellings of one thing that declarations of this run hold, in whichever host process. */
  held(identities: readonly string[]): string[];
}

/** One host process only, as outside the engine. */
export class OwnDeclarations implements Declarations {
  readonly #held = new Set<string>();

  hold(identities: readonly string[]): void {
    for (const identity of identities) this.#held.add(identity);
  }

  held(identities: readonly string[]): string[] {
    return identities.filter((identity) => this.#held.has(identity));
  }
}

/** Every host process of a run. Identities are hashed: no address is written. */
export class SharedDeclarations implements Declarations {
  readonly #held = new Set<string>();
  readonly #shared: SharedLines;

  constructor(engine: string, root?: string) {
    this.#shared = new SharedLines("", engine, root);
  }

  hold(identities: readonly string[]): void {
    const fresh = [...new Set(identities.map(digestOf))].filter((digest) => !this.#held.has(digest));
    if (fresh.length === 0) return;
    for (const digest of fresh) this.#held.add(digest);
    this.#shared.append(fresh);
  }

  held(identities: readonly string[]): string[] {
    const files = [this.#held, ...this.#shared.others().map((lines) => new Set(lines))];
    return identities.filter((identity) => {
      const digest = digestOf(identity);
      return files.some((held) => held.has(digest));
    });
  }
}

export function openDeclarations(): Declarations {
  const engine = engineAddress();
  return engine ? new SharedDeclarations(engine.text) : new OwnDeclarations();
}

/** Names nobody to whoever reads it. */
export function digestOf(identity: string): string {
  return createHash("sha256").update(identity).digest("hex").slice(0, 32);
}
