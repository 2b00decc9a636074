import assert from "node:assert/strict";
import { before, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";

/** What the program has declared. */
const made: pulumi.runtime.MockResourceArgs[] = [];
let program: typeof import("./program.js");

before(async () => {
  await pulumi.runtime.setMocks({
    // Outputs: what was declared, and what Avala would choose as far as it is answered here.
    newResource(args) {
      made.push(args);
      return { id: `${args.name}-id`, state: { ...args.inputs, status: "invited" } };
    },
    // Functions: an object, or a list where the function answers a list.
    call({ token, inputs }) {
      if (token === "avala:index:getTeams" && inputs.organization === "umbrella") return [{ name: "Labs" }];
      throw new Error(`No answer for ${token}.`);
    },
  });
  // Only now: the program declares while it is loaded.
  program = require("./program.ts");
});

test("Ada alone is an admin, and everybody is invited", async () => {
  assert.deepEqual(await valueOf(pulumi.all(program.people.map(({ role }) => role))), ["admin", undefined]);
  assert.deepEqual(await valueOf(pulumi.all(program.people.map(({ status }) => status))), ["invited", "invited"]);
});

test("the team has these people", async () => {
  assert.deepEqual(await valueOf(program.roster.members), { "ada@example.com": "lead", "grace@example.com": "member" });
});

test("the team is one of the organization that is declared", async () => {
  await valueOf(program.roster.urn);
  const team = made.find(({ type }) => type === "pulumi-nodejs:dynamic/avala:Team");
  // Beside its inputs a resource has hidden ones, __provider and __address: compare single inputs.
  assert.equal(team?.inputs.organization, "acme-id");
});

test("the partners are those of the other organization", async () => {
  assert.deepEqual(await valueOf(program.partners), ["Labs"]);
});

/** The value of an output, as soon as it is known. */
function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => void output.apply((value) => resolve(value)));
}
