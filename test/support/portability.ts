import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** What only Unix has, as tests use it. */
export const unixOnly: Readonly<Record<string, RegExp>> = {
  "a POSIX shell": /(?:spawn|spawnSync|execFile|execFileSync|exec)\(\s*"(?:sh|bash|env|true|ps|kill)"|"[-]c"|#!\/bin/,
  "/proc": /\w+\(\s*["'`]\/proc\//,
  "modes of files": /\b(?:chmod|chmodSync)\(|\.mode [&]|\bumask\(/,
  "symbolic links": /\b(?:symlink|symlinkSync|readlinkSync)\(/,
  "user ids": /\bprocess(?:\.|, ")getuid\b/,
  signals: /"SIG(?:INT|TERM|HUP|STOP|CONT|KILL)"|(?<!#)process\.kill\(/,
  "a terminal": /\.atTerminal\(/,
  "the real engine": /\bProject\.open\(|\bexecFileSync\(\s*"(?:npm|npx|git)"/,
  "folders of Unix":
    /(?:Sync|open|readFile|writeFile|mkdtemp|desk\.run|--\w+=?",?)\(?\s*[[("'`]+\/(?:tmp|etc|home|usr|bin|dev)\b/,
};

/** A test file, and the files of test/ that it imports, directly or not. */
export function sourcesOf(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  const imports = readFileSync(file, "utf8").matchAll(/(?:from|import\(|require\()\s*"(\.{1,2}\/[^"]+)"/g);
  for (const [, path = ""] of imports) {
    const target = resolve(dirname(file), path.replace(/\.js$/, ".ts"));
    if (target.includes(`${join("/", "test", "/")}`) && existsSync(target)) sourcesOf(target, found);
  }
  return found;
}

/** What a file uses of what only Unix has, comments aside. */
export function unixIn(file: string): string[] {
  const code = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  return Object.keys(unixOnly).filter((what) => unixOnly[what]!.test(code));
}
