import * as pulumi from "@pulumi/pulumi";
import { Team } from "../../provider/index.js";

describe("bug: a color that Avala may not show", () => {
  const warned: string[] = [];
  beforeAll(async () => {
    jest.spyOn(pulumi.log, "warn").mockImplementation(async (text) => void warned.push(text));
    await pulumi.runtime.setMocks({
      newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
      call: () => ({}),
    });
  });
  beforeEach(() => void warned.splice(0));
  afterAll(() => jest.restoreAllMocks());

  it.each<[unknown, boolean]>([
    ["#6366F1", false],
    ["#abc", false],
    [" #ABC ", false],
    [undefined, false],
    [pulumi.output("green"), false],
    ["green", true],
    ["6366F1", true],
    ["#6366F", true],
    ["#ggg", true],
    ["#12345678", true],
  ])("%j warns: %s", async (color, warns) => {
    const team = new Team("core", { organization: "acme", name: "Core", color: color as string });
    expect(Team.isInstance(team)).toBe(true);
    const isWarning = (text: string) => /^color ".*" has not the form #RGB or #RRGGBB/.test(text);
    expect(warned.map(isWarning)).toEqual(warns ? [true] : []);
  });
});
