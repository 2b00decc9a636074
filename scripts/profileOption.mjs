import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { SetupError } from "./project.mjs";

const DEPLOYMENTS = "test/properties/faults/everyDeployment";

/**
 * Takes `--profile <file>` out of the arguments of `npm test`: the matrix of deployments then runs on that deployment, and
 * nothing else.
 * @param folder where paths start
 * @param emulator the built emulator, whose schema decides
 */
export function withProfile(args, folder, emulator) {
  const { tokens } = parseArgs({ args, strict: false, tokens: true, options: { profile: { type: "string" } } });
  const given = tokens.filter(({ kind, name }) => kind === "option" && name === "profile");
  if (given.length === 0) return { args, env: {} };
  const file = given.at(-1).value;
  if (file === undefined)
    throw new SetupError("--profile needs the path of a file: npm test -- --profile avala-profile.json");
  const path = resolve(folder, file);
  try {
    createRequire(import.meta.url)(emulator).createEmulator({ profile: JSON.parse(readFileSync(path, "utf8")) });
  } catch (error) {
    throw new SetupError(`${file} cannot be used as --profile: ${error.message.replace(/\s+/g, " ")}`);
  }
  const taken = new Set(given.flatMap(({ index, inlineValue }) => (inlineValue ? [index] : [index, index + 1])));
  const rest = args.filter((_, index) => !taken.has(index));
  return { args: [DEPLOYMENTS, ...rest], env: { DEPLOYMENT_PROFILE: path } };
}
