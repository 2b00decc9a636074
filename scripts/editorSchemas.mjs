// JSON Schemas with which editors complete and check the files that people write: what the reader of each file accepts.
// In YAML the readers take every value for text, so a number or a word such as `no` is accepted where a text is.

import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { PROJECT } from "./project.mjs";

const { homepage } = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8"));
const TEXT = ["string", "number", "boolean"];

/**
 * @param z zod
 * @param sentences describes a declared field
 * @returns the schemas by name of their files
 */
export function editorSchemas(z, { resources, person, peopleDefaults, peopleFile }, { conditions, known }, sentences) {
  const { organizationMember, team, teamMembership, teamRoster } = resources;

  const plain = (schema) => {
    const {
      $schema: _,
      default: __,
      ...json
    } = z.toJSONSchema(schema, {
      target: "draft-7",
      io: "input",
      unrepresentable: "any",
    });
    return json;
  };
  const described = (schema, json) => ({ description: sentences(schema).join(" "), ...json });

  /** A field of a person, or of a team. */
  const field = (schema, isRequired) => {
    const json = plain(schema);
    if (json.enum) return described(schema, { enum: isRequired ? json.enum : [...json.enum, null] });
    const isFree = json.type === "string" && json.pattern === undefined && json.format === undefined;
    const types = json.type === "integer" ? ["integer", "string"] : isFree ? TEXT : [json.type ?? "string"];
    const digits = json.type === "integer" ? { pattern: String.raw`^\d+$` } : {};
    return described(schema, { ...json, ...digits, type: isRequired ? types : [...types, "null"] });
  };
  const object = (properties, more = {}) => ({ type: "object", properties, additionalProperties: false, ...more });
  const fields = (names) =>
    Object.fromEntries(names.map((name) => [name, field(organizationMember.inputs[name], false)]));
  const roles = plain(teamMembership.inputs.role).enum;

  const teams = {
    description:
      "The person's teams, by their keys in `teams` of People: a list for a member of each, or a mapping to lead or member.",
    anyOf: [
      { type: "array", items: { type: TEXT }, uniqueItems: true },
      { type: "object", additionalProperties: { enum: roles } },
      { type: "null" },
    ],
  };
  const onePerson = object(
    {
      email: { ...field(organizationMember.inputs.email, true), type: "string" },
      user: { ...field(organizationMember.inputs.user, true), type: "string" },
      ...fields(Object.keys(person).filter((name) => !["email", "user", "teams"].includes(name))),
      teams,
    },
    { oneOf: [{ required: ["email"] }, { required: ["user"] }] },
  );
  const list = { type: "array", items: { $ref: "#/definitions/person" } };
  const schemaKey = { $schema: { type: "string", description: "The schema of this file, for editors." } };
  const peopleSchema = schemaOf(
    "people",
    "People",
    "People of an organization and their teams, for People of pulumi-avala.",
    {
      definitions: { person: onePerson },
      anyOf: [
        list,
        object(
          {
            ...schemaKey,
            people: { description: "The people; [] for nobody.", ...list },
            defaults: {
              description: "Values for people who have none of their own.",
              ...object(fields(Object.keys(peopleDefaults))),
            },
          },
          { required: [peopleFile[0]] },
        ),
      ],
    },
  );

  const { organization: _, ...ofTeam } = team.inputs;
  const entry = object(
    {
      ...Object.fromEntries(
        Object.entries(ofTeam).map(([name, schema]) => [name, { ...described(schema, plain(schema)) }]),
      ),
      members: described(teamRoster.inputs.members, { type: "object", additionalProperties: { enum: roles } }),
    },
    { required: ["name", "members"] },
  );
  const teamsSchema = schemaOf(
    "teams",
    "Teams",
    "Teams and all their people, as npx pulumi-avala import --style roster writes them.",
    {
      type: "object",
      additionalProperties: entry,
    },
  );

  const condition = ([name, { description }]) => {
    const one = known[name] ? { enum: [...known[name]] } : { type: TEXT };
    return [name, { description, anyOf: [one, { type: "array", minItems: 1, items: one }] }];
  };
  const rule = object(
    {
      ...Object.fromEntries(Object.entries(conditions).map(condition)),
      reason: { description: "Why the difference is intended: a comment.", type: TEXT },
    },
    { anyOf: Object.keys(conditions).map((name) => ({ required: [name] })) },
  );
  const rulesSchema = schemaOf(
    "drift-ignore",
    "Drift rules",
    "Differences that npx pulumi-avala drift --ignore does not report.",
    {
      ...object(
        {
          ...schemaKey,
          ignore: {
            description: "A difference is ignored if it matches all conditions of a rule.",
            type: "array",
            items: rule,
          },
        },
        { required: ["ignore"] },
      ),
    },
  );
  return Object.fromEntries([peopleSchema, teamsSchema, rulesSchema].map((schema) => [basename(schema.$id), schema]));
}

/** Its `$id` is where the documentation site serves it. */
function schemaOf(name, title, description, schema) {
  const $id = new URL(`schemas/${name}.schema.json`, homepage).href;
  return { $schema: "http://json-schema.org/draft-07/schema#", $id, title, description, ...schema };
}
