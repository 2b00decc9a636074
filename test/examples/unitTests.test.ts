import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { read, root } from "./support.js";

const folder = join(root, "examples/unit-tests");

describe("docs/testing.md", () => {
  it.each(["crew.ts", "crew.test.ts"])("shows %s of the example as it is", (file) => {
    expect(read("docs/testing.md")).toContain(`\`\`\`ts\n${read(`examples/unit-tests/${file}`)}\`\`\``);
  });

  it("has an example whose tests run, without a key, and pass", () => {
    const { AVALA_API_KEY: _key, NODE_OPTIONS: _options, ...env } = process.env;
    rmSync(join(folder, "dist"), { recursive: true, force: true });
    execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc")], { cwd: folder, env });
    const report = execFileSync(process.execPath, ["--test", "--test-reporter=tap", "dist/crew.test.js"], {
      cwd: folder,
      env,
    }).toString();
    expect(report).toMatch(/^# pass 2$/m);
    expect(report).toMatch(/^# fail 0$/m);
  });
});
