import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { traps } from "./traps.js";

const folder = join(__dirname, "..");
const tests = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
  (file) => file.endsWith(".test.ts") && !__filename.endsWith(file),
);
/** Each trap that stands in a text of a test: in its title, that is. */
const texts = tests.flatMap((file) => readFileSync(join(folder, file), "utf8").match(/"[^"\n]*"|`[^`\n]*`/g) ?? []);
const named = new Set(texts.flatMap((text) => text.match(/\bT\d+\b/g) ?? []));

describe("the traps of the API contract", () => {
  it.each(traps)("%s is tested by name", (trap) => {
    expect([...named]).toContain(trap);
  });
});
