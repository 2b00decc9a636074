import { readFileSync } from "node:fs";
import { join } from "node:path";
import { guards } from "./guards.js";

const proofs = guards.flatMap(({ guard, refuses, allows }) =>
  [...refuses, ...allows].map(([file, name]) => [guard, file, name]),
);

it.each(guards.map(({ guard, refuses, allows }) => [guard, refuses.length, allows.length] as const))(
  "%s Tested in both directions.",
  (_, refuses, allows) => {
    expect(Math.min(refuses, allows)).toBeGreaterThan(0);
  },
);

it.each(proofs)("%s %s: %s", (_, file, name) => {
  expect(readFileSync(join(__dirname, "..", file!), "utf8")).toContain(JSON.stringify(name));
});
