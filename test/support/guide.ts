import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Project } from "./pulumi.js";

const root = resolve(__dirname, "../..");

/** A step of a guide: a file to write, one line to type, or the output of the last line. */
export type Step = { file: string; text: string } | { line: string } | { shown: string[] };

/**
 * The steps of a guide, in their order. A block of a language other than `sh` whose first line ends in the name of a file
 * is that file; a block without a language is the output of the command before it.
 */
export function stepsOf(path: string): Step[] {
  const blocks = readFileSync(join(root, path), "utf8").matchAll(/^```(\w*)(?: (\S+))?\n(.*?)^```$/gms);
  return [...blocks].flatMap(([, language, file, text]): Step[] => {
    if (file !== undefined) return [{ file, text: text! }];
    if (language === "") return [{ shown: linesOf(text!) }];
    return language === "sh" ? linesOf(text!.replaceAll("\\\n", "")).map((line) => ({ line })) : [];
  });
}

/**
 * Follows a guide as its reader does: writes its files, types its commands, and compares their output with the guide.
 * `pulumi` asks no question here.
 * @param acts actions of other people, by the comment that describes them
 */
export async function walk(
  path: string,
  project: Project,
  acts: Readonly<Record<string, () => Promise<unknown>>> = {},
): Promise<{ lines: string[]; screens: Map<string, string> }> {
  const lines: string[] = [];
  const screens = new Map<string, string>();
  let screen = "";
  for (const step of stepsOf(path)) {
    if ("file" in step) project.write({ [step.file]: step.text });
    else if ("shown" in step) expectShown(path, step.shown, screen);
    else {
      lines.push(step.line);
      if (step.line.startsWith("#")) await act(acts, step.line);
      else screen = await type(path, project, step.line);
      screens.set(step.line, screen);
    }
  }
  return { lines, screens };
}

async function act(acts: Readonly<Record<string, () => Promise<unknown>>>, line: string): Promise<void> {
  if (acts[line] === undefined) throw new Error(`Nobody here does what the guide says: ${line}`);
  await acts[line]();
}

async function type(path: string, project: Project, line: string): Promise<string> {
  const typed = line.replace(/^pulumi (up|destroy|refresh)\b/, "pulumi $1 --yes --skip-preview");
  const { code, stdout, stderr } = await project.exec("bash", ["-ec", typed]);
  if (code !== 0) throw new Error(`${path}: ${line} ended with ${code}:\n${stdout}\n${stderr}`);
  return `${stdout}\n${stderr}`;
}

/** All lines occur, one right after the other; what a guide leaves out between them, it shows as "…". */
function expectShown(path: string, shown: readonly string[], screen: string): void {
  const seen = screen.split("\n").map(essence).filter(Boolean);
  let at = 0;
  let isCut = true;
  for (const line of shown.map(essence)) {
    if (line === "…") {
      isCut = true;
      continue;
    }
    const found = isCut ? seen.indexOf(line, at) : seen[at] === line ? at : -1;
    if (found < 0) throw new Error(`${path} shows "${line}", and the command shows:\n${screen}`);
    at = found + 1;
    isCut = false;
  }
}

const essence = (line: string): string => line.replaceAll(/\s+/g, " ").trim();

function linesOf(text: string): string[] {
  return text.split("\n").filter(Boolean);
}
