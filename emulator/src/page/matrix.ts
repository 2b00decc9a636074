import { html, raw } from "hono/html";
import { ACTS } from "../acts.js";
import type { Invitation, Membership, Organization, OrganizationRole, Team } from "../model.js";
import { ids } from "./rows.js";
import { type Html, address, compact, counted, visible, words } from "./text.js";

/** An organization longer than this shows its first people only; the filter reaches the others. */
export const LONGEST = 1000;

type Member = Membership<OrganizationRole>;

/** What one table shows. */
export interface MatrixRows {
  organization: Organization;
  teams: readonly Team[];
  invitations: readonly Invitation[];
  members: readonly Member[];
}

/** The words that the filter looks through: address, name, role, marks and teams. */
export const textOfMember = ({ person, role, unlisted }: Member, teams: readonly Team[]): string => {
  const own = teams.filter(({ members }) => members.has(person.uid));
  const roles = own.map(({ name, members }) => `${name} ${members.get(person.uid)?.role}`);
  const marks = [...(own.length === 0 && teams.length > 0 ? ["no team"] : []), ...(unlisted ? ["unlisted"] : [])];
  return [person.email, person.fullName, role, ...marks, ...roles].join(" ").toLowerCase();
};

export const textOfInvitation = ({ email, role }: Invitation): string => `${email} invited ${role}`.toLowerCase();

/** People in rows, teams in columns; invitations come first. Its buttons belong to the form around it. */
export function matrixOf({ organization, teams, invitations, members }: MatrixRows): Html {
  const name = visible(organization.name);
  return compact(
    html`<div
      class="wide"
      id="${ids.control("table", organization)}"
      tabindex="0"
      role="region"
      aria-label="People and teams of ${name}"
    >
      <table class="matrix${raw(teams.length <= 8 ? " few" : "")}">
        <caption class="hide">
          People of ${name}, their role and their teams
        </caption>
        <thead>
          <tr>
            <th scope="col">Person</th>
            <th scope="col">Role</th>
            ${teams.map(headOf)}
            <th scope="col" class="acts">Change</th>
          </tr>
        </thead>
        <tbody>
          ${invitations.map((row) => invitationRow(row, teams.length))}${members.map((row) => memberRow(row, organization, teams))}
        </tbody>
      </table>
    </div>`,
  );
}

function headOf({ name, color, members }: Team): Html {
  const leads = [...members.values()].filter(({ role }) => role === "lead").length;
  return html`<th scope="col" class="team">
    <span
      ><svg viewBox="0 0 8 8" aria-hidden="true"><circle cx="4" cy="4" r="4" fill="${color}" /></svg
      ><bdi>${visible(name)}</bdi></span
    >
    <small
      >${members.size}<i class="hide"> ${members.size === 1 ? "person" : "people"}</i>${
        leads === 0 ? raw(` <b class="mark">no lead</b>`) : html`<i class="hide">, ${counted(leads, "lead")}</i>`
      }</small
    >
  </th>`;
}

/** The end tags of cells are left out, as HTML allows: most cells of a large table are empty. */
function memberRow(row: Member, organization: Organization, teams: readonly Team[]): Html {
  const { person, role, unlisted } = row;
  const roles = teams.map(({ members }) => members.get(person.uid)?.role);
  const isOutside = teams.length > 0 && !roles.some(Boolean);
  return html`<tr>
    <th scope="row">
      ${address(person.email)}${person.fullName && html` <small>${words(person.fullName)}</small>`}${isOutside && raw(` <i class="mark">no team</i>`)}${unlisted && raw(` <i class="mark">unlisted</i>`)}
    </th>
    <td>${badge(role)}</td>
    ${raw(roles.map(cellOf).join(""))}
    <td class="acts">${organization.isActive && role !== "owner" && memberButtons(row, organization)}</td>
  </tr> `;
}

const CELLS = { lead: `<td class="l"><b>lead</b>`, member: `<td class="m"><b>member</b>` } as const;
const cellOf = (role: keyof typeof CELLS | undefined): string => (role ? CELLS[role] : "<td>");

const badge = (role: OrganizationRole): Html => html`<span class="badge ${role}">${role}</span>`;

function memberButtons({ person, role }: Member, organization: Organization): Html {
  const [act, word] = role === "admin" ? ["demote", "Make member"] : ["promote", "Make admin"];
  const email = visible(person.email);
  return html`<button
      id="${ids.member("role", organization, person.uid)}"
      name="act"
      value="${act} ${person.uid}"
      aria-label="${word}: ${email}"
    >
      ${word}</button
    ><button
      id="${ids.member("remove", organization, person.uid)}"
      name="act"
      value="remove ${person.uid}"
      aria-label="Remove ${email}"
    >
      Remove
    </button>`;
}

function invitationRow(row: Invitation, teams: number): Html {
  const { email, role, expiresAt, organization } = row;
  const buttons = ACTS.map((act) => {
    const word = `${act[0]?.toUpperCase()}${act.slice(1)}`;
    return html`<button
      id="${ids.invitation(act, row)}"
      class="${act}"
      name="act"
      value="${act} ${row.uid}"
      aria-label="${word} ${visible(email)}"
    >
      ${word}
    </button>`;
  });
  return html`<tr class="invited">
    <th scope="row">
      ${address(email)} <small>invited, until <time datetime="${expiresAt}">${expiresAt.slice(0, 10)}</time></small>
    </th>
    <td>${badge(role)}</td>
    <td class="answers" colspan="${teams + 1}"><span>${organization.isActive && buttons}</span></td>
  </tr> `;
}
