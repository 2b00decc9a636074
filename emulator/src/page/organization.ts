import { html } from "hono/html";
import type { Invitation, Organization, Team } from "../model.js";
import { listedMembers } from "../serializers.js";
import { LONGEST, matrixOf, textOfInvitation, textOfMember } from "./matrix.js";
import { ids, membersByAddress, openInvitations, outcomeOf, pastInvitations } from "./rows.js";
import { type Html, counted, time, visible, words } from "./text.js";

/** Where the forms of the page are sent. */
export const FORMS = "/_emulator/page";

export interface View {
  now: number;
  /** Words of the filter, in lower case. */
  filter: readonly string[];
  /** Whether organizations are unfolded at first. */
  isOpen: boolean;
}

/** One organization: counts, who is in it and in its teams, past invitations, and what can be changed by hand. */
export function organizationOf(organization: Organization, { now, filter, isOpen }: View): Html {
  const { name, slug, isActive, members, counts } = organization;
  const teams = [...organization.teams.values()];
  const fits = (textOf: () => string) => {
    const text = filter.length > 0 ? textOf() : "";
    return filter.every((word) => text.includes(word));
  };
  const open = openInvitations(organization, now).filter((row) => fits(() => textOfInvitation(row)));
  const found = membersByAddress(organization).filter((row) => fits(() => textOfMember(row, teams)));
  const shown = found.slice(0, LONGEST);
  return html`<section
    class="organization"
    data-part="${ids.control("part", organization)}"
    aria-labelledby="${ids.control("name", organization)}"
  >
    <details id="${ids.control("organization", organization)}" ${isOpen && "open"}>
      <summary id="${ids.fold(organization)}">
        <h2 id="${ids.control("name", organization)}">${words(name)}</h2>
        <code>${slug}</code> ${!isActive && html`<span class="mark">deleted</span>`}
        <small>${summaryOf(organization, now)}</small>
      </summary>
      ${counts && html`<p class="note">Only the row of this organization is known: ${counted(counts.members, "member")}, ${counted(counts.teams, "team")}.</p>`}
      ${detailsOf(organization)}
      <p class="legend" aria-hidden="true">
        <span><i class="l"></i> lead</span><span><i class="m"></i> member</span
        ><span class="invited">invited, has nothing yet</span
        ><span><i class="mark">no team</i> <i class="mark">no lead</i> worth a look</span>
      </p>
      <form method="post" action="${FORMS}">
        <input type="hidden" name="organization" value="${organization.uid}" />
        ${matrixOf({ organization, teams, invitations: open, members: shown })}
      </form>
      ${shown.length < found.length && html`<p class="note">The first ${LONGEST} of ${found.length} people are shown. The filter looks through all of them.</p>`}
      ${pastOf(organization, now)}
      ${
        isActive &&
        members.size > 0 &&
        changesOf(
          organization,
          teams,
          shown.map(({ person }) => person.email),
        )
      }
    </details>
  </section>`;
}

/** "42 members (1 owner, 4 admins), 6 teams, 5 invited, 2 in no team, 1 team without a lead" */
function summaryOf(organization: Organization, now: number): string {
  const rows = listedMembers(organization);
  const teams = [...organization.teams.values()];
  const admins = rows.filter(({ role }) => role === "admin").length;
  const outside = rows.filter(({ person }) => !teams.some(({ members }) => members.has(person.uid))).length;
  const leaderless = teams.filter(({ members }) => ![...members.values()].some(({ role }) => role === "lead")).length;
  const past = pastInvitations(organization, now).filter((row) => outcomeOf(row) === "expired").length;
  return [
    `${counted(rows.length, "person", "people")}${admins > 0 ? ` (${counted(admins, "admin")})` : ""}`,
    counted(teams.length, "team"),
    ...(organization.invitations.size > 0 ? [`${openInvitations(organization, now).length} invited`] : []),
    ...(past > 0 ? [`${counted(past, "invitation")} expired`] : []),
    ...(outside > 0 && teams.length > 0 ? [`${outside} in no team`] : []),
    ...(leaderless > 0 ? [`${counted(leaderless, "team")} without a lead`] : []),
  ].join(" · ");
}

function detailsOf({ description, industry, plan, visibility }: Organization): Html {
  return html`<p class="details">
    ${description && html`${words(description.length > 200 ? `${description.slice(0, 199)}…` : description)} · `}industry
    ${visible(industry)} · plan ${visible(plan)} · ${visible(visibility)}
  </p>`;
}

function pastOf(organization: Organization, now: number): Html | "" {
  const rows = pastInvitations(organization, now);
  if (rows.length === 0) return "";
  const counts = (["expired", "accepted", "declined or cancelled"] as const)
    .map((outcome) => [rows.filter((row) => outcomeOf(row) === outcome).length, outcome] as const)
    .filter(([count]) => count > 0);
  return html`<details class="inner" id="${ids.control("past", organization)}">
    <summary>
      <h3>Past invitations</h3>
      <small>${counts.map(([count, outcome]) => `${count} ${outcome}`).join(", ")}</small>
    </summary>
    <ul id="${ids.control("earlier", organization)}" aria-label="Past invitations of ${visible(organization.name)}">
      ${rows.toReversed().slice(0, 200).map(pastRow)}
    </ul>
  </details>`;
}

function pastRow(row: Invitation): Html {
  const outcome = outcomeOf(row);
  return html`<li>
    ${words(row.email)} <span class="badge ${row.role}">${row.role}</span>
    <small>${outcome}${outcome === "expired" && html` ${time(row.expiresAt)}`}</small>
  </li>`;
}

const hidden = (organization: Organization): Html =>
  html`<input type="hidden" name="organization" value="${organization.uid}" />`;

/** Forms that change what programs have declared, for trying out drift. */
function changesOf(organization: Organization, teams: readonly Team[], addresses: readonly string[]): Html {
  const id = (name: string) => ids.control(name, organization);
  const list = id("addresses");
  const choice = (name: string) =>
    html`<label for="${id(name)}">Team</label>
      <select id="${id(name)}" name="team">
        ${teams.map(({ uid, name: team }) => html`<option value="${uid}">${visible(team)}</option>`)}
      </select>`;
  const button = (act: string, word: string) =>
    html`<button id="${id(act)}" name="act" value="${act}">${word}</button>`;
  return html`<details class="inner" id="${id("changes")}">
    <summary>
      <h3>Change it by hand</h3>
      <small>to make drift: these changes bypass the program</small>
    </summary>
    <div class="forms">
      <form method="post" action="${FORMS}">
        ${hidden(organization)}
        <h4>Add an unmanaged person</h4>
        <label for="${id("email")}">Email address</label>
        <input
          id="${id("email")}"
          name="email"
          inputmode="email"
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
        />
        <label for="${id("new-role")}">Role</label>
        <select id="${id("new-role")}" name="role">
          <option>member</option>
          <option>admin</option>
        </select>
        ${button("add", "Add")}
      </form>
      <form method="post" action="${FORMS}">
        ${hidden(organization)}
        <h4>Rename the organization</h4>
        <label for="${id("new-name")}">New name</label>
        <input id="${id("new-name")}" name="name" placeholder="${visible(organization.name)}" autocomplete="off" />
        ${button("rename", "Rename")}
      </form>
      ${
        teams.length > 0 &&
        html`<form method="post" action="${FORMS}">
            ${hidden(organization)}
            <h4>Rename a team</h4>
            ${choice("renamed")} <label for="${id("team-name")}">New name</label>
            <input id="${id("team-name")}" name="name" autocomplete="off" />
            ${button("team-rename", "Rename team")}
          </form>
          <form method="post" action="${FORMS}">
            ${hidden(organization)}
            <h4>Change who is in a team</h4>
            <label for="${id("member")}">Address of a member</label>
            <input
              id="${id("member")}"
              name="email"
              list="${list}"
              inputmode="email"
              autocomplete="off"
              autocapitalize="none"
              spellcheck="false"
            />
            ${choice("of-team")}
            <span class="buttons">
              ${button("team-member", "Make member")} ${button("lead", "Make lead")}
              ${button("leave-team", "Remove from team")}
            </span>
            <datalist id="${list}">
              ${addresses.map((email) => html`<option value="${visible(email)}"></option>`)}
            </datalist>
          </form>`
      }
    </div>
  </details>`;
}
