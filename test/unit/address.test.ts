import { addressFault, asciiAddress, normalizeEmail } from "../../provider/core/address.js";
import { listPeople, resources } from "../../provider/schema/index.js";
import { checkValue, flagsOf, rosterOf } from "../../provider/schema/index.js";
import { checkInputs } from "../../provider/lifecycle/inputs.js";
import { commands } from "../../cli/commands.js";
import { typedPerson } from "../../cli/membership/lookup.js";
import { normalOf, refused, taken } from "../support/addresses.js";

const uid = "00000ace-0000-4000-8000-000000000000";
const others: Record<string, object> = {
  organization: { name: "Acme" },
  organizationMember: { organization: uid },
  teamMembership: { team: `${uid}/${uid}` },
  teamRoster: { team: `${uid}/${uid}` },
  invitation: { organization: uid },
};

/** The result of an entry point for an address: its normal form, or the fault. */
type Entry = (address: string) => { address?: unknown; reason?: string };

function input(key: keyof typeof resources, name: string): Entry {
  return (address) => {
    const value = name === "members" ? { [address]: "lead" } : address;
    const { inputs, failures } = checkInputs(resources[key], {}, { ...others[key], [name]: value });
    const reason = failures.map((failure) => `${failure.property}: ${failure.reason}`).join("\n");
    if (failures.length > 0) return { reason };
    return { address: name === "members" ? [...rosterOf(inputs[name]).keys()].join() : inputs[name] };
  };
}

const inputs = Object.entries(resources).flatMap(([key, { inputs }]) =>
  Object.keys(inputs)
    .filter((name) => name === "email" || name === "members")
    .map((name) => [`${key}.${name}`, input(key as keyof typeof resources, name)] as const),
);

const entries: readonly (readonly [name: string, entry: Entry])[] = [
  ...inputs,
  [
    "a people file",
    (email) => {
      const { people, faults } = listPeople([{ email }], {}, []);
      return faults.length > 0 ? { reason: faults.join("\n") } : { address: people[0]!.who };
    },
  ],
  [
    "the command line",
    (address) => {
      try {
        return { address: typedPerson(address, "<email>").email };
      } catch (error) {
        return { reason: (error as Error).message };
      }
    },
  ],
];

describe("the entry points of addresses", () => {
  it("are all in the table: every input that names a person or is called email", () => {
    const found = Object.entries(resources).flatMap(([key, { inputs }]) =>
      Object.entries(inputs)
        .filter(([name, schema]) => {
          const { identity, address } = flagsOf(schema);
          return (identity === "person" && name !== "user") || address || /mail$|members/.test(name);
        })
        .map(([name]) => `${key}.${name}`),
    );
    expect(inputs.map(([name]) => name)).toEqual(found);
    expect(found).toHaveLength(5);
  });

  it("of the command line are the argument of resend and the option of transfer-ownership", () => {
    const named = commands.flatMap(({ name, operands, options }) => [
      ...operands.filter((operand) => /mail|person/.test(operand.name)).map((operand) => `${name} ${operand.name}`),
      ...Object.entries(options)
        .filter(([, { value }]) => /mail|person/.test(value ?? ""))
        .map(([option, { value }]) => `${name} --${option} ${value}`),
    ]);
    expect(named).toEqual(["resend <email>", "transfer-ownership --to <person>"]);
  });
});

it("has 60 addresses of each sort, each once", () => {
  for (const table of [refused, taken]) {
    expect(table.length).toBeGreaterThanOrEqual(60);
    expect(new Set(table.map(([address]) => address)).size).toBe(table.length);
  }
});

const takenRows = taken.map((row) => [row[0], row[1], row] as const);

describe.each(entries)("%s", (name, entry) => {
  const isContact = name === "organization.email";

  // For a contact, an empty address clears the field.
  const wrong = refused.filter(([address]) => !isContact || address.trim() !== "");

  it.each(wrong)("refuses %j (%s), and says why", (address, reason) => {
    const answer = entry(address);
    expect(answer.address).toBeUndefined();
    expect(answer.reason).toMatch(reason);
    const [, property] = name.split(".");
    expect(answer.reason!.startsWith(property === undefined ? "" : `${property}: ${property} `)).toBe(true);
    // Between letters that it shapes, a joiner is allowed.
    expect(answer.reason!.replace("\u0647\u200c\u0627", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{DI}\u2800]/u);
  });

  it.each(takenRows)("accepts %j: %s", (_, _why, row) => {
    expect(entry(row[0])).toEqual({ address: isContact ? row[0].trim() : normalOf(row) });
  });
});

describe("the normal form", () => {
  it.each(takenRows)("of %j is the address itself: %s", (_, _why, row) => {
    const normal = normalizeEmail(row[0]);
    expect([normal, normalizeEmail(normal), addressFault(normal)]).toEqual([normalOf(row), normal, undefined]);
  });

  it.each(takenRows)("of %j is that of its ASCII spelling: %s", (address) => {
    const normal = normalizeEmail(address);
    const ascii = asciiAddress(normal) ?? normal;
    expect(ascii).toMatch(/^[!-~]+$/);
    expect(normalizeEmail(ascii)).toBe(normal);
  });

  it.each([
    ["a character that look-ups leave out", "ada@exam\u00adple.com", "ada@example.com"],
    ["full-width letters", "ada@\uff45xample.com", "ada@example.com"],
    ["what ends a host in a URL", "ada@b\u00fccher.example/x", "ada@b\u00fccher.example"],
    ["an address in a URL", "ada@b\u00fccher:25.example", "ada@b\u00fccher.example"],
    ["encoded ASCII", "ada@xn--example-.com", "ada@example.com"],
  ])("keeps two mailboxes distinct by %s, which the service may return", (_what, one, other) => {
    expect(normalizeEmail(one)).not.toBe(normalizeEmail(other));
  });

  it("does not equate a refused address with another one", () => {
    const forms = refused
      .map(([address]) => normalizeEmail(address))
      .filter((form) => addressFault(form) === undefined);
    // A byte order mark counts as white space in trimming, and an invisible joiner can be written in ASCII: the mailbox is
    // the same.
    expect(forms).toEqual(["ada@example.com", "ada@xn--mgba3gch31f060k.com"]);
  });
});

it("of an empty contact, or of white space, clears it", () => {
  for (const text of ["", "   "]) expect(input("organization", "email")(text)).toEqual({ address: "" });
});

it("shows the ASCII spelling of invalid addresses, too", () => {
  expect(asciiAddress("ren\u00e9@exam\u200bple.com")).toBe("ren\\u{e9}@exam\\u{200b}ple.com");
  expect(asciiAddress("ada@example.com")).toBeUndefined();
});

it("is checked without reading more characters than an address may have", () => {
  const { failures } = checkValue("email", resources.invitation.inputs.email, "a.".repeat(5_000_000));
  expect(failures[0]!.reason).toMatch(/more than 254 characters/);
});
