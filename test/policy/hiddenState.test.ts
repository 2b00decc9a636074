import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { hiddenIn, hiddenProperties, type HiddenState } from "../../provider/policy/hiddenState.js";

const root = resolve(__dirname, "../..");
const everything: HiddenState = {
  version: 1,
  isUnfinished: true,
  serverDefaults: ["color"],
  cleared: ["description"],
  isEmailPending: true,
  knownMembers: "ada@example.com 1",
  removing: "2",
  initialMembers: ["3"],
  isCreated: true,
  owner: "4",
};

it("reads the hidden values it has written, and nothing from a state without them", () => {
  expect(hiddenIn(hiddenProperties(everything))).toEqual(everything);
  expect(hiddenIn({})).toEqual({
    ...everything,
    version: undefined,
    isUnfinished: false,
    serverDefaults: [],
    cleared: [],
    isEmailPending: false,
    knownMembers: undefined,
    removing: undefined,
    initialMembers: [],
    isCreated: false,
    owner: undefined,
  });
});

it.each(Object.entries(everything))("leaves out %s if it has no value", (name, value) => {
  const nothing = Array.isArray(value) ? [] : value === true ? false : undefined;
  expect(Object.values(hiddenProperties({ [name]: nothing }))).toEqual([undefined]);
});

it("hides every name from programs and previews", () => {
  const names = Object.keys(hiddenProperties(everything));
  expect(names.filter((name) => !name.startsWith("__"))).toEqual([]);
  expect(new Set(names).size).toBe(Object.keys(everything).length);
});

describe("the hidden names", () => {
  const names = Object.keys(hiddenProperties(everything));
  const files = ["provider", "cli"].flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => `${room}/${file}`),
  );
  const named = (text: string) => names.filter((name) => new RegExp(`\\b${name}\\b`).test(text));

  it("are in policy only", () => {
    const found = files.map((file) => [file, named(readFileSync(join(root, file), "utf8"))] as const);
    expect(found.filter(([, of]) => of.length > 0)).toEqual([["provider/policy/hiddenState.ts", names]]);
  });

  it.each([`state["__known"]`, "outputs.__emailPending", `const key = "__v";`])("are found in %s", (text) => {
    expect(named(text)).toHaveLength(1);
  });
});
