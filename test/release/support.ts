import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../examples/support.js";

/**
 * What an expression of the release scripts answers, as JSON. They are ES modules, which jest does not load, so they run
 * in a process of their own.
 * @param modules names of files in scripts/release, whose exports the expression sees
 */
export function evaluate<T>(modules: readonly string[], expression: string, input: unknown = null): T {
  const imports = modules.map((name) => {
    const url = pathToFileURL(join(root, "scripts/release", `${name}.mjs`)).href;
    return `Object.assign(globalThis, await import(${JSON.stringify(url)}));`;
  });
  const code = `${imports.join("")}
    const input = ${JSON.stringify(input)};
    process.stdout.write(JSON.stringify(await (async () => (${expression}))()) ?? "null");`;
  return JSON.parse(
    execFileSync(process.execPath, ["--input-type=module", "-e", code], { cwd: root, encoding: "utf8" }),
  ) as T;
}
