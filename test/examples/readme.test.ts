import { resources } from "../../provider/schema/index.js";
import { blocks, read, under } from "./support.js";

const programs = under("examples", ".ts").map(read);

describe("README.md", () => {
  it("shows the output of the quickstart", () => {
    expect(blocks(read("README.md"), "ts")[0]).toBe(read("examples/quickstart/index.ts"));
  });

  it("names every example", () => {
    const examples = under("examples", "Pulumi.yaml").map((path) => path.replace("Pulumi.yaml", "README.md"));
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(read("README.md")).toContain(`(${example})`);
  });
});

it.each(Object.values(resources).map(({ kind }) => kind))("%s appears in an example", (kind) => {
  expect(programs.some((program) => program.includes(`new ${kind}(`))).toBe(true);
});
