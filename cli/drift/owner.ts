import { hiddenIn } from "../../provider/policy/hiddenState.js";
import { normalizeEmail } from "../../provider/core/address.js";
import { quoted } from "../../provider/core/text.js";
import type { OrganizationView } from "../../provider/snapshot/index.js";
import type { Member } from "../../provider/client/index.js";
import { declaredBy, type Finding, type OrganizationNamed } from "./finding.js";
import { nameOfPerson } from "../membership/lookup.js";
import { emailsOf, texts } from "./known.js";
import type { Look } from "./look.js";
import * as repairs from "./repairs.js";
import { visible } from "../membership/visible.js";

/** What a look has found of an organization's owner. */
export interface Ownership {
  findings: Finding[];
  notVisible: string[];
  /** Uid of a recorded owner who is not the owner any more. */
  former: string | undefined;
}

const settled: Ownership = { findings: [], notVisible: [], former: undefined };

/** Compares the owner that a state records with the owner as listed. Nothing is read where none is recorded. */
export async function ownershipOf(
  view: OrganizationView,
  organization: OrganizationNamed,
  looks: readonly Look[],
): Promise<Ownership> {
  const declaring = looks.find(({ resource }) => hiddenIn(resource.outputs).owner !== undefined);
  if (!declaring) return settled;
  const former = hiddenIn(declaring.resource.outputs).owner!;
  const rows = await visible(view.members.get());
  const owner = rows && [...rows.values()].find(({ role }) => role === "owner");
  if (!owner) return { ...settled, notVisible: [`The owner of ${quoted(view.slug)} is not visible to this API key.`] };
  if (owner.userUid === former) return settled;
  const [person, formerOwner] = [personOf(owner), formerPerson(former, rows.get(former), looks)];
  const finding: Finding = {
    kind: "owner",
    subject: "organization",
    organization,
    person,
    formerOwner,
    resource: declaredBy(declaring.resource),
    message: `owner is now ${shown(person)}, recorded as ${shown(formerOwner)}`,
    repair: repairs.owner,
  };
  return { findings: [finding], notVisible: [], former };
}

type Named = NonNullable<Finding["person"]>;

function personOf({ userUid, email, username }: Member): Named {
  return { email: email === undefined ? undefined : normalizeEmail(email), userUid, username };
}

/** As the list shows them, else as the state names them. */
function formerPerson(userUid: string, row: Member | undefined, looks: readonly Look[]): Named {
  if (row) return personOf(row);
  const same = looks.filter((look) => texts(look, ["userUid", "user"]).includes(userUid));
  return { email: same.flatMap(emailsOf)[0], userUid, username: same.flatMap((look) => texts(look, ["username"]))[0] };
}

const shown = (person: Named): string => quoted(nameOfPerson(person), 254);
