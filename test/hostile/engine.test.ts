import { startEmulator } from "../support/emulator.js";
import { Project, ref, type Declared } from "../support/pulumi.js";
import { unreliable } from "../support/unreliable.js";
import { hostileTexts, steeringInLines } from "./texts.js";

jest.setTimeout(200_000);

const texts = Object.values(hostileTexts).filter((text) => text.length < 1000);

/** The engine colors nothing here: all terminal controls come from elsewhere. */
const expectHarmless = (screen: string) =>
  expect(screen.replaceAll(/[\t\u200c\u200d]|\r\n/g, "")).not.toMatch(steeringInLines);

it("bug: hostile descriptions written by others can be refreshed, show no terminal controls, and are repaired", async () => {
  const emulator = await startEmulator();
  const between = await unreliable(emulator.url);
  const project = await Project.open({ ...emulator.environment(), AVALA_BASE_URL: between.url });
  try {
    const teams = texts.map((_, index): Declared => {
      const args = { organization: ref("acme"), name: `Team ${index}`, description: `ours-${index}-` };
      return { kind: "Team", name: `team-${index}`, args };
    });
    const acme: Declared = { kind: "Organization", name: "acme", args: { name: "Acme", forceDestroy: true } };
    project.declare([acme, ...teams]);
    await project.expectOk(["up", "--yes", "--skip-preview"]);

    const hostile = (body: string) =>
      body.replaceAll(/ours-(\d+)-/g, (_, index: string) => JSON.stringify(texts[Number(index)]!).slice(1, -1));
    between.expect({ on: /^GET /, fate: hostile, times: Infinity });
    const refreshed = await project.refresh(["--skip-preview"]);
    expectHarmless(refreshed.screen);
    expect([refreshed.code, refreshed.errors]).toEqual([0, []]);
    const planned = await project.preview(["--diff"]);
    expectHarmless(planned.screen);
    expect(planned.steps).toEqual(teams.map(({ name }) => `update Team ${name}`).toSorted());
    expect(planned.screen).toContain("u{1b}]52;c;ZXZpbA==");
    expect(planned.screen).toContain("u{30}4da6b54-80e4-46f7-96ec-b56ff0331ba9");

    between.expect();
    await project.expectOk(["up", "--yes", "--skip-preview"]);
    expect((await project.refresh(["--skip-preview"])).steps).toEqual([]);

    // A function that fails.
    const refusal = JSON.stringify({ results: texts });
    between.expect({ on: /^GET /, fate: () => refusal, times: Infinity });
    project.write({
      "index.js": 'module.exports = require("pulumi-avala").getOrganization({ organization: "acme" });\n',
    });
    const failed = await project.preview();
    expectHarmless(failed.screen);
    expect(failed.code).not.toBe(0);
    expect(failed.screen).toContain("[AVALA_RESPONSE_SHAPE]");
  } finally {
    project.close();
    await between.close();
    await emulator.close();
  }
});
