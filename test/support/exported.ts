import { resources as schemas } from "../../provider/schema/index.js";
import type { Recorded, Stack } from "./stack.js";

/** A secret as `pulumi stack export --show-secrets` writes it. */
export const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});

/** A secret as `pulumi stack export` writes it. */
export const sealed = () => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ciphertext: "v1:AAAA:AAAA",
});

interface Row {
  urn: string;
  type: string;
  id?: string;
  outputs?: Record<string, unknown>;
  [more: string]: unknown;
}

/** A state as the engine exports it. */
export class Exported {
  readonly rows: Row[];

  constructor(...stacks: Stack[]) {
    this.rows = stacks.flatMap(({ resources }) => [...resources].map(([name, resource]) => rowOf(name, resource)));
  }

  /** The row of a resource, for changes. */
  row(name: string): Row & { outputs: Record<string, unknown> } {
    return this.rows.find(({ urn }) => urn.endsWith(`::${name}`)) as never;
  }

  get text(): string {
    const stack = { urn: "urn:pulumi:dev::app::pulumi:pulumi:Stack::app-dev", type: "pulumi:pulumi:Stack" };
    return JSON.stringify({ version: 3, deployment: { resources: [stack, ...this.rows] } });
  }
}

function rowOf(name: string, { kind, id, inputs, outputs, provider }: Recorded): Row {
  const type = `pulumi-nodejs:dynamic/avala:${schemas[kind].kind}`;
  const reference = `urn:pulumi:dev::app::pulumi:providers:pulumi-nodejs::${provider || "default"}::0d6f9a3e`;
  return { urn: `urn:pulumi:dev::app::${type}::${name}`, custom: true, type, id, inputs, outputs, provider: reference };
}
