import { nameOf, parseUrn, pathOf, providerOf } from "../../cli/pulumi/urn.js";

const team = "pulumi-nodejs:dynamic/avala:Team";

it.each([
  { urn: `urn:pulumi:dev::app::${team}::core`, types: [team], name: "core" },
  { urn: `urn:pulumi:dev::app::my:Component$${team}::core`, types: ["my:Component", team], name: "core" },
  // Bug: of a name that contains "::", only the end was shown and compared.
  { urn: `urn:pulumi:dev::app::${team}::acme::core`, types: [team], name: "acme::core" },
  { urn: `urn:pulumi:dev::app::${team}::`, types: [team], name: "" },
])("$urn has the name $name", ({ urn, types, name }) => {
  expect(parseUrn(urn)).toEqual({ types, type: team, name });
  expect(nameOf(urn)).toBe(name);
  expect(pathOf(parseUrn(urn))).toBe(`${types.join("$")}::${name}`);
});

it.each([
  ["urn:pulumi:dev::app::pulumi:providers:x::tenant::b1", "urn:pulumi:dev::app::pulumi:providers:x::tenant"],
  ["urn:pulumi:dev::app::pulumi:providers:x::a::b::b1", "urn:pulumi:dev::app::pulumi:providers:x::a::b"],
  ["", ""],
  [undefined, ""],
])("the provider of %s is %s", (reference, provider) => {
  expect(providerOf(reference)).toBe(provider);
});
