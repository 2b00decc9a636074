import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";

const created: pulumi.runtime.MockResourceArgs[] = [];
let plan = "pro";

beforeEach(async () => {
  created.length = 0;
  plan = "pro";
  await pulumi.runtime.setMocks({
    // Answers functions: an object, or { result: [...] } for those that answer a list.
    call: ({ token, inputs }) => {
      assert.equal(token, "avala:index:getOrganization");
      return { id: "0b6f8c1e-3a52-4c68-9d0a-6f1c2b7e4a11", slug: inputs.organization, plan };
    },
    // Answers resources: their id, and their outputs.
    newResource: (resource) => {
      created.push(resource);
      return { id: `${resource.name}-id`, state: { ...resource.inputs, waiting: ["ada@example.com"] } };
    },
  });
});

/** The value of an output. */
const valueOf = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve));

test("everybody of a crew is invited, and has a place in the team", async () => {
  const { declareCrew } = await import("./crew.js");
  const people = { "ada@example.com": "lead", "lee@example.com": "member" } as const;
  const { members, team, roster } = await declareCrew("acme", "Crew", people);
  assert.deepEqual(await Promise.all(members.map(({ email }) => valueOf(email))), Object.keys(people));
  assert.equal(await valueOf(team.id), "Crew-id");
  assert.deepEqual(await valueOf(roster.members), people);
  assert.deepEqual(await valueOf(roster.waiting), ["ada@example.com"]);
  const kinds = new Set(created.map(({ type }) => type.replace(/^pulumi-nodejs:dynamic\/avala:/, "")));
  assert.deepEqual(kinds, new Set(["OrganizationMember", "Team", "TeamRoster"]));
});

test("a crew that is too large for the plan is refused, and nothing is declared", async () => {
  const { declareCrew } = await import("./crew.js");
  plan = "basic";
  const people = { "ada@example.com": "lead", "lee@example.com": "member", "mia@example.com": "member" } as const;
  await assert.rejects(declareCrew("acme", "Crew", people), /plan basic/);
  assert.deepEqual(created, []);
});
