import { emulated } from "./service.js";

const emulator = emulated();
const { api, control } = emulator;

const names = ["readme", "organization_type", "x_url", "hugging_face_url", "github_url", "linkedin_url"];
const controlNames = ["readme", "organizationType", "xUrl", "huggingFaceUrl", "githubUrl", "linkedinUrl"];
const uid = async () => (await control("GET", "/state")).body.organizations[0].uid as string;
const profile = async () => {
  const { body } = await api("GET", "/organizations/acme/");
  return Object.fromEntries(names.map((name) => [name, body[name]]));
};

describe("the profile of an organization", () => {
  it("is null at first, in the detail only", async () => {
    expect(await profile()).toEqual(Object.fromEntries(names.map((name) => [name, null])));
    const [row] = (await api("GET", "/organizations/")).body.results;
    expect(names.filter((name) => name in row)).toEqual([]);
  });

  it.each(names.map((name, i) => [name, controlNames[i]!]))(
    "%s is set through %s, to text, empty or null",
    async (name, key) => {
      for (const value of ["https://example.com/acme", "", null]) {
        const answer = await control("PATCH", `/organizations/${await uid()}`, { [key]: value });
        expect(answer.status).toBe(204);
        expect(await profile()).toEqual(Object.fromEntries(names.map((one) => [one, one === name ? value : null])));
      }
    },
  );

  it("cannot be written through the API", async () => {
    await api("PATCH", "/organizations/acme/", Object.fromEntries(names.map((name) => [name, "x"])));
    expect(Object.values(await profile())).toEqual([null, null, null, null, null, null]);
  });

  it("is kept in the state", async () => {
    await control("PATCH", `/organizations/${await uid()}`, { readme: "# Acme" });
    const before = (await control("GET", "/state")).body;
    await emulator.reset(before);
    expect((await profile())["readme"]).toBe("# Acme");
  });

  it.each([[{ name: "B" }], [{ readme: 5 }]])("refuses %j", async (changes) => {
    expect((await control("PATCH", `/organizations/${await uid()}`, changes)).status).toBe(400);
  });

  it("of an unknown organization is 404", async () => {
    expect((await control("PATCH", "/organizations/none", { readme: "" })).status).toBe(404);
  });
});

it.each([
  ["avk_local", true],
  ["avk_ada", true],
  ["avk_lee", false],
  ["avk_mia", false],
])("when members were last active is visible to %s: %j", async (key, isReported) => {
  const { results } = (await api("GET", "/organizations/acme/members/", undefined, key)).body;
  expect(results.map((row: object) => "last_active_at" in row)).toEqual([
    isReported,
    isReported,
    isReported,
    isReported,
  ]);
});
