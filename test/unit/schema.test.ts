import { comparable, flagsOf, inputsWhere, isOptional, resources, wireValue } from "../../provider/schema/index.js";

const all = Object.values(resources);

describe.each(all.map((resource) => [resource.kind, resource] as const))("the declaration of %s", (_, resource) => {
  const fields = Object.entries(resource.inputs);

  it("describes every input and output", () => {
    for (const [name, schema] of [...fields, ...Object.entries(resource.outputs)]) {
      expect({ name, description: flagsOf(schema).description }).toEqual({
        name,
        description: expect.stringMatching(/\.$/),
      });
    }
  });

  it("describes the default of an optional input, unless its flags imply it", () => {
    const untold = fields.filter(([, schema]) => {
      const { defaultText: absent, emptyValue: clear, clientOnly: local, writeOnly, identity } = flagsOf(schema);
      const follows = clear !== undefined || local || writeOnly || identity || schema.safeParse(undefined).data;
      return isOptional(schema) && !absent && !follows;
    });
    expect(untold.map(([name]) => name)).toEqual([]);
  });

  it("clears only what may be left out", () => {
    for (const name of inputsWhere(resource, ({ emptyValue: clear }) => clear !== undefined)) {
      expect(isOptional((resource.inputs as Record<string, (typeof fields)[number][1]>)[name]!)).toBe(true);
    }
  });

  it("has no name with two leading underscores: those are hidden from users", () => {
    expect(
      [...fields.map(([name]) => name), ...Object.keys(resource.outputs)].filter((name) => name.startsWith("__")),
    ).toEqual([]);
  });
});

it("has a kind that is its key in another case", () => {
  for (const [key, { kind }] of Object.entries(resources)) {
    expect(kind).toBe(key[0]!.toUpperCase() + key.slice(1));
    expect(resources[key as keyof typeof resources].key).toBe(key);
  }
});

describe("values that count as the same", () => {
  const { handle, description, email, name, slug } = resources.organization.inputs;

  it("empty-values-differ: undefined, null and empty, if a field can be emptied", () => {
    for (const schema of [handle, description]) {
      expect(comparable(schema, null)).toBe("");
      expect(comparable(schema, undefined)).toBe("");
    }
    expect(comparable(name, undefined)).toBeUndefined();
  });

  it("spelling-may-change: upper and lower case, only if the service may change it", () => {
    expect(comparable(email, "A@B.example")).toBe("a@b.example");
    expect(comparable(resources.team.inputs.color, "#AABBCC")).toBe("#aabbcc");
    expect(comparable(slug, "Acme")).toBe("Acme");
    expect(comparable(name, "Acme")).toBe("Acme");
  });

  it("empty-values-differ: go over the wire as the contract wants them", () => {
    expect(wireValue(handle, "")).toBeNull();
    expect(wireValue(description, "")).toBe("");
    expect(wireValue(handle, "acme")).toBe("acme");
  });
});
