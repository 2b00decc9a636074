import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join, resolve } from "node:path";
import { readDataFile } from "../../provider/core/dataFile.js";
import { executable } from "../../provider/core/platform.js";
import { cliVersion, projectFileIn, projectFolder, type StackTarget } from "../pulumi/run.js";
import { ok, warning, type Check } from "./check.js";
import { packageCheck, pulumiCheck, sdkCheck, typescriptCheck } from "./versions.js";

/** The CLI, and what it runs programs with. */
export async function engineChecks(stackTarget: StackTarget): Promise<Check[]> {
  const version = await cliVersion(stackTarget);
  return version === undefined ? [pulumiCheck(undefined)] : [pulumiCheck(version), languageHostCheck(stackTarget)];
}

/** The program of the project, and what it finds from its folder: as the engine's host for dynamic resources finds it. */
export function programChecks(stackTarget: StackTarget): Check[] {
  const project = projectFolder(stackTarget);
  if (project === undefined) {
    return [ok("program", "No Pulumi project in this folder or its parents; program checks skipped")];
  }
  const folder = programFolder(project);
  const find = createRequire(join(folder, "index.js"));
  const isTyped = existsSync(join(folder, "tsconfig.json")) || readdirSync(folder).some((name) => name.endsWith(".ts"));
  return [
    packageCheck(versionOf(find, "pulumi-avala", "pulumi-avala/provider")),
    sdkCheck(versionOf(find, "@pulumi/pulumi"), process.versions.node),
    ...(isTyped ? [typescriptCheck(versionOf(find, "typescript"))] : []),
  ];
}

/** `main` of Pulumi.yaml, a folder or a file, where it is there; the project's folder otherwise. */
function programFolder(project: string): string {
  const { main } = mappingOf(projectFileIn(project)!);
  const path = typeof main === "string" ? resolve(project, main) : project;
  if (!existsSync(path)) return project;
  return statSync(path).isDirectory() ? path : dirname(path);
}

function mappingOf(file: string): { main?: unknown } {
  try {
    const content = readDataFile(file);
    return typeof content === "object" && content !== null ? content : {};
  } catch {
    // Pulumi itself says what is wrong with it.
    return {};
  }
}

/** @param entry what has to be found of it */
function versionOf(find: NodeJS.Require, name: string, entry = `${name}/package.json`): string | undefined {
  try {
    find.resolve(entry);
    const { version } = JSON.parse(readFileSync(find.resolve(`${name}/package.json`), "utf8")) as { version?: unknown };
    return typeof version === "string" ? version : "of unknown version";
  } catch {
    return undefined;
  }
}

function languageHostCheck({ environment }: StackTarget): Check {
  const name = executable("pulumi-language-nodejs");
  const folders = (environment["PATH"] ?? "").split(delimiter).filter(Boolean);
  const cli = folders.map((folder) => join(folder, executable("pulumi"))).find(existsSync);
  const beside = cli === undefined ? [] : [dirname(realpathSync(cli))];
  const found = [...folders, ...beside].some((folder) => existsSync(join(folder, name)));
  if (found) return ok("languageHost", "Pulumi Node.js language host");
  return warning(
    "languageHost",
    `${name} is neither on the PATH nor next to pulumi.`,
    "Install the complete Pulumi distribution: https://www.pulumi.com/docs/install/.",
  );
}
