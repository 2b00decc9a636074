import { Invitation, Organization, OrganizationMember, Team, TeamMembership } from "../../provider/index.js";

const declarations = {
  Organization: (name: string) => new Organization(name, { name: "Acme" }),
  Team: (name: string) => new Team(name, { organization: "acme", name: "Core" }),
  OrganizationMember: (name: string) =>
    new OrganizationMember(name, { organization: "acme", email: "ada@example.com" }),
  Invitation: (name: string) => new Invitation(name, { organization: "acme", email: "ada@example.com" }),
  TeamMembership: (name: string) =>
    new TeamMembership(name, { team: "acme/core", email: "ada@example.com", role: "lead" }),
};

describe.each(Object.entries(declarations))("a refused %s", (_kind, declare) => {
  function refusal(): Error {
    try {
      declare("");
    } catch (error) {
      return error as Error;
    }
    throw new Error("nothing was refused");
  }

  it("names the line of the program", () => {
    expect(refusal().stack).toContain(__filename);
  });

  it("leaves the program's stack traces as long as they were", () => {
    const limit = Error.stackTraceLimit;
    refusal();
    expect(Error.stackTraceLimit).toBe(limit);
  });
});
