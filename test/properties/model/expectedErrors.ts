import type { Stack } from "../../support/stack.js";
import { ownerKey } from "../../support/emulator.js";
import { Broken, type Observed } from "./observed.js";
import { addressOf, lower, rolesIn, type OrganizationRow } from "./service.js";
import { owner, type World } from "./world.js";

interface ExpectedError {
  says: RegExp;
  /** The circumstances in which it may occur. Default: any. */
  when?: (world: World, stack: Stack, found: RegExpExecArray) => boolean;
  /** Does what the message says. */
  follow(world: World, stack: Stack, found: RegExpExecArray): void | Promise<void>;
}

const itemsWhere = (world: World, test: (text: string) => boolean) =>
  [...world.items].filter(([, item]) => test(JSON.stringify(item)));

/** Outdated addresses in the program, each with its correction. */
function staleIn(world: World): { correct(): void }[] {
  return [...world.items].flatMap(([name, item]) => {
    const { who, spelling, members, provider } = item;
    if (provider === "twin") return [];
    const isStale = (text: string, one: string) => text.includes("@") && lower(text) !== world.addresses.get(one);
    if (who !== undefined && spelling && "email" in spelling && isStale(spelling.email, who)) {
      const email = world.addresses.get(who)!;
      return [{ correct: () => void world.items.set(name, { ...item, spelling: { email } }) }];
    }
    if (!Object.entries(members ?? {}).some(([one, { text }]) => isStale(text, one))) return [];
    const corrected = Object.entries(members!).map(([one, { text, role }]) => {
      return [one, { text: isStale(text, one) ? world.addresses.get(one)! : text, role }] as const;
    });
    return [{ correct: () => void world.items.set(name, { ...item, members: Object.fromEntries(corrected) }) }];
  });
}

const lags = ({ service }: World) => (service.settings.readLagMs ?? 0) > 0;
const isAdmins = (world: World, stack: Stack) => world.keyEmail(stack) !== owner;
const useOwnersKey = (world: World, stack: Stack) => world.useKey(stack, ownerKey);

/** The corrections that people make after a refusal. */
const expectedErrors: ExpectedError[] = [
  {
    says: /(?:organization|team) named "([^"]+)" exists already[^]*adopt: "([^"]+)"/,
    follow(world, _, [, name, adopt]) {
      for (const [key, item] of world.items) {
        if (item.fields["name"] === name) world.items.set(key, { ...item, fields: { ...item.fields, adopt } });
      }
    },
  },
  {
    says: /has no team "?([-\w]+)"? to adopt/,
    follow(world, _, [, adopt]) {
      for (const [key, item] of world.items) {
        if (item.fields["adopt"] !== adopt) continue;
        const { adopt: __, ...fields } = item.fields;
        world.items.set(key, { ...item, fields });
      }
    },
  },
  {
    says: /Team ([-\w]+)\/([-\w]+) is (?:not deleted, because of|declared by another resource now, and holds) \d+ unmanaged /,
    async follow(world, _, [, organization, team]) {
      const row = world.organization(organization!)!;
      const found = row.teams.find(({ uid }) => uid === team)!;
      for (const user of rolesIn(world.service, found.members).keys()) {
        await world.emulator.api("DELETE", `/organizations/${row.slug}/teams/${found.slug}/members/${user}/`);
      }
    },
  },
  {
    says: /(?:Team|Organization) ([-\w/]+) is not deleted, because the program declares /,
    // By its id or slug; what is declared in its resource goes with it.
    when: (world, _, [, id]) => declaredBy(world, id!).length > 0,
    follow: (world, _, [, id]) => declaredBy(world, id!).forEach((name) => world.items.delete(name)),
  },
  {
    says: /Organization ([-\w]+) is not deleted, because of what is inside/,
    // An adopted organization must not be deleted at all.
    when: ({ made }, { resources }, [, uid]) =>
      made.has(uid!) ||
      [...resources.values()].some(({ id, outputs }) => id === uid && outputs["onDestroy"] === "delete"),
    async follow(world, stack, [, organization]) {
      const row = world.organization(organization!)!;
      const known = JSON.stringify([...stack.resources.values()]);
      for (const team of row.teams.filter(({ uid }) => !known.includes(uid))) {
        await world.emulator.api("DELETE", `/organizations/${row.slug}/teams/${team.slug}/`);
      }
      await removeMembers(world, row);
    },
  },
  {
    says: /"([^"]+)" is not invited again\. They have been invited/,
    follow(world, _, [, email]) {
      for (const [key, item] of itemsWhere(world, (text) => text.toLowerCase().includes(email!.toLowerCase()))) {
        if (item.kind === "organizationMember")
          world.items.set(key, { ...item, fields: { ...item.fields, maxEmails: 100 } });
      }
    },
  },
  {
    says: /User ([-\w]+) is not a member of organization .* nobody can be invited by uid/,
    follow(world, _, [, uid]) {
      const email = addressOf(world.service, uid!)!;
      for (const [key, item] of world.items) {
        if (item.kind !== "organizationMember" || !item.spelling || !("user" in item.spelling)) continue;
        if (item.spelling.user === uid) world.items.set(key, { ...item, spelling: { email } });
      }
    },
  },
  {
    says: /Run pulumi refresh to update the state/,
    follow() {},
  },
  {
    says: /names an address that they had before|had before, and is nobody's in it now|is the same person as|\[AVALA_DECLARED_TWICE\]/,
    when: (world) => staleIn(world).length > 0,
    follow: (world) => staleIn(world).forEach(({ correct }) => correct()),
  },
  {
    says: /"([^"]+)" was the address of user .* declare them in a resource of another name/,
    follow(world, _, [, email]) {
      for (const [key, item] of world.items) {
        const { spelling } = item;
        if (!spelling || !("email" in spelling) || lower(spelling.email) !== email) continue;
        world.items.delete(key);
        world.items.set(`${key}other`, { ...item, who: world.nameAt(email) });
      }
    },
  },
  {
    says: /or without deleteBeforeReplace on what is replaced/,
    when: ({ items }) => [...items.values()].some(({ deleteFirst }) => deleteFirst),
    follow(world) {
      for (const [key, { deleteFirst: _, ...item }] of world.items) world.items.set(key, item);
    },
  },
  {
    says: /\[AVALA_(?:NOT_FOUND|CREATED_NOT_SHOWN|INVALID)\]/,
    // Created and deleted objects are visible once the lag is over.
    when: lags,
    follow() {},
  },
  {
    says: /\[plan_insufficient\]/,
    when: ({ service }) => typeof service.settings.seats === "number",
    follow: async ({ emulator }) => void (await emulator.settings({ seats: null })),
  },
  {
    says: /(?:the service|Avala) hides the e-?mail of .* Use a key of an owner or admin/,
    when: ({ service: { settings } }) => settings.hideEmails === true || (settings.hideEmailsOf ?? []).length > 0,
    follow: async ({ emulator }) => void (await emulator.settings({ hideEmails: false, hideEmailsOf: [] })),
  },
  {
    says: /may take out \d+; those above the limit stay|the limit of removals is reached/,
    when: (_, stack) => stack.environment["AVALA_MAX_REMOVALS"] !== undefined,
    follow(_, stack) {
      const { AVALA_MAX_REMOVALS: __, ...environment } = stack.environment;
      stack.environment = environment;
    },
  },
  {
    says: /DELETE \/organizations\/([-\w]+)\/ answered 409.*conflicts with an existing object/,
    when: ({ service }) => service.settings.organizationDelete === "refuse",
    async follow(world, _, [, slug]) {
      const row = world.organization(slug!)!;
      for (const team of row.teams) await world.emulator.api("DELETE", `/organizations/${slug}/teams/${team.slug}/`);
      await removeMembers(world, row);
    },
  },
  {
    says: /is the user whose API key this run uses, and is not|\[AVALA_(?:FORBIDDEN|ORGANIZATION_NOT_FOUND)\]/,
    when: isAdmins,
    follow: useOwnersKey,
  },
  {
    says: /Organization ([-\w]+) is not visible to this API key/,
    follow(world, stack, [, uid]) {
      // If access was lost, use a key that has it.
      if (world.organization(uid!)) return useOwnersKey(world, stack);
      const assumed = stack.environment["AVALA_ASSUME_DELETED"] ?? "";
      stack.environment = { ...stack.environment, AVALA_ASSUME_DELETED: `${assumed} ${uid}` };
      for (const [key, item] of world.items) {
        if (item.fields["adopt"] !== uid) continue;
        const { adopt: _, ...fields } = item.fields;
        world.items.set(key, { ...item, fields });
      }
    },
  },
];

/** Names of the declarations that are in an organization or team by its id or slug. */
function declaredBy(world: World, id: string): string[] {
  const texts = [id, world.organization(id)?.slug];
  return [...world.items].flatMap(([name, { scope, provider }]) => {
    const isInside = scope !== undefined && (texts.includes(scope) || scope.startsWith(`${id}/`));
    return isInside && provider !== "twin" ? [name] : [];
  });
}

async function removeMembers({ service, emulator }: World, { slug, members }: OrganizationRow): Promise<void> {
  for (const [user, role] of rolesIn(service, members)) {
    if (role !== "owner") await emulator.api("DELETE", `/organizations/${slug}/members/${user}/`);
  }
}

/** Follows a message; undefined if its correction is not known. */
export function fixFor(world: World, stack: Stack, message: string): (() => void | Promise<void>) | undefined {
  for (const { says, when = () => true, follow } of expectedErrors) {
    const found = says.exec(message);
    if (found && when(world, stack, found)) return () => follow(world, stack, found);
  }
  return undefined;
}

/**
 * Without faults, an error is a refusal that says what to do.
 * @param besides other messages that a run of its kind may end with
 */
export function refusesWithReason(world: World, { command, error }: Observed, besides?: RegExp): void {
  const unhelpful = (error?.message.split("\n") ?? []).filter(
    (line) =>
      !besides?.test(line) &&
      fixFor(world, world.stack, line) === undefined &&
      fixFor(world, world.colleague, line) === undefined,
  );
  if (unhelpful.length === 0) return;
  throw new Broken("Without faults, an error is a refusal that says what to do", `${command}: ${unhelpful.join("; ")}`);
}
