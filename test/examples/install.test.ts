import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { version } from "../../package.json";
import { blocks, read, root } from "./support.js";

jest.setTimeout(240_000);

/** `npm run release:check` clones for real; here a link to this clone stands for it, so that its set-up is not repeated. */
const clone = `git() { ln -s ${JSON.stringify(root)} pulumi-avala; }\n`;
const fromClone = (path: string) => blocks(read(path), "sh").find((block) => block.startsWith("git clone"))!;

it("README.md and docs/start/install.md say the same about the time before the first release", () => {
  expect(fromClone("README.md")).toBe(fromClone("docs/start/install.md"));
  const { repository } = JSON.parse(read("package.json")) as { repository: { url: string } };
  expect(`git+${/^git clone (\S+)$/m.exec(fromClone("README.md"))![1]}.git`).toBe(repository.url);
});

it("the commands of README.md install the package into an empty folder, where a program can use it", () => {
  // Outside of the clone, whose node_modules contain everything.
  const folder = mkdtempSync(join(process.platform === "win32" ? tmpdir() : "/tmp", "install-"));
  const { INIT_CWD: _caller, npm_config_local_prefix: _prefix, ...env } = process.env;
  const run = (command: string, args: string[]) =>
    execFileSync(command, args, { cwd: folder, env, encoding: "utf8", stdio: "pipe" });
  writeFileSync(join(folder, "package.json"), '{ "name": "access", "private": true }');
  try {
    run("bash", ["-ec", clone + fromClone("README.md")]);
    expect(readdirSync(join(root, ".work/packages")).toSorted()).toEqual([
      `avala-emulator-${version}.tgz`,
      `pulumi-avala-${version}.tgz`,
    ]);
    const { dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { dependencies: object };
    expect(Object.keys(dependencies).toSorted()).toEqual(["@pulumi/pulumi", "pulumi-avala"]);
    expect(run("npx", ["--no", "--", "pulumi-avala", "--version"])).toBe(`${version}\n`);
    expect(run("node", ["-p", 'typeof require("pulumi-avala").Organization'])).toBe("function\n");
    const printed = run("bash", ["-ec", "npm run --silent pack --prefix pulumi-avala"]);
    expect(printed).toBe(`npm install ${join(root, `.work/packages/pulumi-avala-${version}.tgz`)} @pulumi/pulumi\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
