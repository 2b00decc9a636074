import type { Program, Recorded, UpOptions } from "../../support/stack.js";
import { isReference } from "./resolved.js";
import { Broken } from "./observed.js";
import { refusesWithReason } from "./expectedErrors.js";
import { preview, up, upWith } from "./runs.js";
import type { Dice, Move, World } from "./world.js";

/** Orders in which the engine can take its steps, other than the plain one. */

const mentions = (inputs: object): string[] =>
  Object.values(inputs).flatMap((value) => (isReference(value) ? [value.name] : []));

/** Names, with all that a relation leads to. */
function closed(names: readonly string[], next: (name: string) => readonly string[]): string[] {
  const found = new Set<string>();
  const add = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    next(name).forEach(add);
  };
  names.forEach(add);
  return [...found];
}

const dependenciesIn = (program: Program) => (name: string) => mentions(program[name]?.inputs ?? {});
const dependentsIn = (program: Program, resources: ReadonlyMap<string, Recorded>) => (name: string) => [
  ...Object.keys(program).filter((other) => dependenciesIn(program)(other).includes(name)),
  ...[...resources].filter(([, { dependencies }]) => dependencies.includes(name)).map(([other]) => other),
];

async function run(world: World, name: string, options: UpOptions, remade: readonly string[] = []): Promise<void> {
  const observed = await world.run(world.stack, upWith(world.stack, name, options, remade));
  refusesWithReason(world, observed, cannotBeKnown);
}

/**
 * The message of a run that deletes first, or checks only a part: the declaration is not known then. Nothing was removed.
 */
const cannotBeKnown = /cannot be known in this run .* the engine deletes first or checks only a part/;

/** A resource of the program and state, preferably one that was removed from the program. */
function someName({ program, stack }: World, dice: Dice): string | undefined {
  const undeclared = [...stack.resources.keys()].filter((name) => !(name in program));
  return dice.pick(undeclared.length > 0 && dice.roll(2) === 0 ? undeclared : Object.keys(program));
}

/** `--replace`: a resource that is deleted first includes those that mention it. */
const replaced: Move = (world, dice) => {
  const { program, stack } = world;
  const name = dice.pick(Object.keys(program).filter((one) => stack.resources.has(one)));
  if (name === undefined) return undefined;
  const remade = closed([name], dependentsIn(program, stack.resources));
  return {
    line: `up --replace ${name}${program[name]!.deleteBeforeReplace ? ", which is deleted first" : ""}`,
    take: () => run(world, "up --replace", { replace: [name] }, remade),
  };
};

/** `--target`: a resource, with those without which the engine would refuse it. */
const targeted: Move = (world, dice) => {
  const { program, stack } = world;
  const name = someName(world, dice);
  if (name === undefined) return undefined;
  const next = (one: string) =>
    one in program
      ? dependenciesIn(program)(one).filter((other) => !stack.resources.has(other))
      : dependentsIn({}, stack.resources)(one);
  const targets = closed([name], next);
  return {
    line: `up --target ${targets.join(", ")}`,
    take: () => run(world, "up --target", { targets }),
  };
};

/** `--exclude`: all except a resource, and those that the engine leaves out with it. */
const excluding: Move = (world, dice) => {
  const { program, stack } = world;
  const name = someName(world, dice);
  if (name === undefined) return undefined;
  const next = (one: string) => [
    ...(one in program && !stack.resources.has(one) ? dependentsIn(program, new Map())(one) : []),
    ...(one in program ? [] : (stack.resources.get(one)?.dependencies ?? [])),
  ];
  const excludes = closed([name], next);
  return {
    line: `up --exclude ${excludes.join(", ")}`,
    take: () => run(world, "up --exclude", { excludes }),
  };
};

/** The run ends before its deletes: renamed resources are in the state twice. */
const brokenOff: Move = (world) => ({
  line: "an up breaks off before its deletes",
  take: () => run(world, "up, without its deletes", { breakBeforeDeletes: true }),
});

/** The explicit provider is replaced, and with it all its resources. */
const providerReplaced: Move = (world) => {
  const { program, stack } = world;
  const own = [...stack.resources].filter(([, { provider }]) => provider === "tenant").map(([name]) => name);
  if (own.length === 0) return undefined;
  const remade = closed(own, dependentsIn(program, stack.resources));
  return {
    line: "up, in which the explicit provider is made anew",
    take: () => run(world, "up, new provider", { replaceProvider: "tenant" }, remade),
  };
};

/** A second declaration of the same object is refused before anything is sent for it. */
const declaredTwice: Move = (world, dice) => {
  const { program, stack } = world;
  const [name, copy] = secondOf(world, dice) ?? [];
  if (name === undefined || copy === undefined) return undefined;
  const twice = { ...program, [`${name}again`]: copy };
  return {
    line: `declare ${name} a second time, as ${JSON.stringify(copy.inputs)}${copy.provider ? " at tenant" : ""}`,
    take: async () => {
      await world.run(stack, { ...preview(stack), program: twice, meaning: program });
      const done = await world.run(stack, { ...up(stack), program: twice, meaning: program });
      if (done.error === undefined) throw new Broken("A second declaration is refused", "up has passed");
      // Another step may have been refused before.
      refusesWithReason(world, done, /declare the same object/);
    },
  };
};

/** `adopt` of another object than the resource's is refused, and nothing is renamed. */
const adoptsOther: Move = (world, dice) => {
  const { program, stack, service } = world;
  const living = Object.entries(program).filter(([name, { kind }]) => kind === "team" && stack.resources.has(name));
  const [name, declaration] = dice.pick(living) ?? [];
  if (name === undefined || !declaration) return undefined;
  const [organization, uid] = stack.id(name).split("/");
  const teams = service.organizations.find((row) => row.uid === organization)?.teams ?? [];
  const adopt = dice.pick(teams.filter((team) => team.uid !== uid))?.uid;
  if (adopt === undefined) return undefined;
  const changed = { ...program, [name]: { ...declaration, inputs: { ...declaration.inputs, adopt } } };
  return {
    line: `have ${name} adopt another team, ${adopt}`,
    take: async () => {
      const done = await world.run(stack, { ...up(stack), program: changed, meaning: program });
      if (done.error === undefined) throw new Broken("Another team is not taken for the one that is recorded", name);
      refusesWithReason(world, done, /adopt names a different one|Avala does not show team .* any more/);
    },
  };
};

/** Another declaration of the same person, team or organization, if this can be known. */
function secondOf({ items, program, service, stack }: World, dice: Dice): [string, Program[string]] | undefined {
  const known = [...items].filter(([name, { kind }]) => kind !== "teamRoster" && stack.resources.has(name));
  const [name, item] = dice.pick(known) ?? [];
  if (name === undefined || !item) return undefined;
  const { deletedWith: _, ...declaration } = program[name]!;
  const { id, outputs } = stack.resources.get(name)!;
  const uid = outputs["userUid"] as string | undefined;
  if (item.kind === "organization" || item.kind === "team") {
    const adopt = id.split("/").at(-1)!;
    return [name, { ...declaration, inputs: { ...declaration.inputs, adopt, description: "again" } }];
  }
  const isVisible = !service.settings.hideEmails && (service.settings.hideEmailsOf ?? []).length === 0;
  const byUid = item.kind !== "invitation" && uid !== undefined && isVisible && dice.roll(2) === 0;
  const { user, email, ...others } = declaration.inputs;
  const person = byUid ? { user: uid } : { user, email };
  const provider = item.provider ?? (dice.roll(3) === 0 ? ("tenant" as const) : undefined);
  return [name, { ...declaration, inputs: { ...others, ...person }, ...(provider && { provider }) }];
}

export const orders: Move[] = [
  replaced,
  replaced,
  targeted,
  excluding,
  brokenOff,
  brokenOff,
  providerReplaced,
  declaredTwice,
  declaredTwice,
  adoptsOther,
];
