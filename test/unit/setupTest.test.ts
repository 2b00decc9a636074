import { execFileSync } from "node:child_process";
import { join } from "node:path";

jest.setTimeout(60_000);

it("npm test takes paths: they choose tests, and are not taken for reporters", () => {
  const root = join(__dirname, "../..");
  const args = ["scripts/start.mjs", "test", "test/unit/text", "test/unit/state", "--listTests"];
  const output = execFileSync(process.execPath, args, {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  const listed = output.split("\n").filter((line) => line.endsWith(".test.ts"));
  expect(listed.map((file) => file.slice(root.length + 1)).toSorted()).toEqual([
    "test/unit/state.test.ts",
    "test/unit/text.test.ts",
  ]);
});
