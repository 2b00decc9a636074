import { ConfigError } from "../../provider/core/errors.js";
import { organizationPath, path } from "../../provider/client/api/path.js";
import { failure, mocked } from "./support.js";

const REFUSED = ["", ".", "..", "a/b", "/", "a\\b", "a\rb", "a\nb", "a\0b", "\ud800", "../teams"];

describe("path", () => {
  it.each([
    ["acme", "acme"],
    ["Acme_2", "Acme_2"],
    ["...", "..."],
    ["a b", "a%20b"],
    ["a?b#c", "a%3Fb%23c"],
    ["%2e%2e", "%252e%252e"],
    ["%2F", "%252F"],
    ["ä", "%C3%A4"],
    ["who+tag@example.com", "who%2Btag%40example.com"],
    ["a;b", "a%3Bb"],
  ])("makes one segment of %j", (value, encoded) => {
    expect(path`/x/${value}/y/`).toBe(`/x/${encoded}/y/`);
  });

  it.each(REFUSED)("refuses %j", (value) => {
    expect(() => path`/x/${value}/`).toThrow(ConfigError);
  });

  it("shows a refused value without its control characters, and shortened", () => {
    const value = `\u001b[31mred\u202e/${"x".repeat(200)}`;
    expect(() => path`/${value}/`).toThrow(/^"red\/x+…" cannot/);
  });

  it.each(["industry-choices", "invitations"])("refuses %s as an organization", (slug) => {
    expect(() => organizationPath(slug)).toThrow(ConfigError);
  });
});

describe("every call with a value in its path", () => {
  const { client, sent } = mocked();
  const calls: Record<string, (value: string) => Promise<unknown>> = {
    "organizations.get": (value) => client.organizations.get(value),
    "organizations.update": (value) => client.organizations.update(value, {}),
    "organizations.delete": (value) => client.organizations.delete(value),
    "organizations.leave": (value) => client.organizations.leave(value),
    "organizations.transferOwnership": (value) => client.organizations.transferOwnership(value, "u"),
    "members.list": (value) => client.members.list(value),
    "members.setRole": (value) => client.members.setRole("acme", value, "admin"),
    "members.remove": (value) => client.members.remove("acme", value),
    "invitations.list": (value) => client.invitations.list(value),
    "invitations.create": (value) => client.invitations.create(value, { email: "a@example.com" }),
    "invitations.resend": (value) => client.invitations.resend("acme", value),
    "invitations.cancel": (value) => client.invitations.cancel("acme", value),
    "teams.list": (value) => client.teams.list(value),
    "teams.get": (value) => client.teams.get("acme", value),
    "teams.create": (value) => client.teams.create(value, { name: "x" }),
    "teams.update": (value) => client.teams.update("acme", value, {}),
    "teams.delete": (value) => client.teams.delete("acme", value),
    "teamMembers.list": (value) => client.teamMembers.list("acme", value),
    "teamMembers.add": (value) => client.teamMembers.add("acme", value, { userUid: "u" }),
    "teamMembers.setRole": (value) => client.teamMembers.setRole("acme", "crew", value, "lead"),
    "teamMembers.remove": (value) => client.teamMembers.remove("acme", "crew", value),
  };

  it.each(Object.entries(calls))("%s rejects bad segments without a request", async (_, call) => {
    for (const value of REFUSED) expect(await failure(call(value))).toBeInstanceOf(ConfigError);
    expect(sent()).toEqual([]);
  });
});
