import { html, raw } from "hono/html";
import type { Organization } from "../model.js";
import type { Service } from "../service.js";
import { DAYS, type Outcome } from "./acts.js";
import { exportsOf, firstSteps, mailboxOf, outsideOf, requestsOf, startOver } from "./aside.js";
import { LONGEST } from "./matrix.js";
import { FORMS, organizationOf } from "./organization.js";
import { ids, openInvitations, outcomeOf, pastInvitations } from "./rows.js";
import { SCRIPT } from "./script.js";
import { STYLE } from "./style.js";
import { type Html, counted, minuteOf, visible } from "./text.js";

export interface PageOptions {
  /** Base URL of the API. */
  api: string;
  version: string;
  /** Words that rows must contain. */
  filter: string;
  /** What the last press did. */
  said?: (Pick<Outcome, "text" | "refused"> & { focus: string | undefined }) | undefined;
}

/** With more organizations than this all but the first are folded at first. */
const MOST_OPEN = 3;

/** The page as a whole. */
export function pageOf(service: Service, { api, version, filter, said }: PageOptions): Html {
  const { store, clock } = service;
  const organizations = [...store.organizations.values()];
  const isCapped = organizations.some(({ members }) => members.size > LONGEST);
  const view = { now: clock.now(), filter: filter.toLowerCase().split(/\s+/).filter(Boolean) };
  const isOpen = (i: number) => organizations.length <= MOST_OPEN || i === 0 || view.filter.length > 0;
  const steps = firstSteps(organizations, exportsOf(service, api));
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${said && `${visible(said.text)} · `}Avala emulator</title>
        <link rel="icon" href="data:," />
        ${raw(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <header>
          <h1>Avala emulator</h1>
          <p>Programs reach it at <code>${api}</code>. No email leaves this machine.</p>
          <nav aria-label="On this page">
            ${organizations.length > 0 && html`<a href="#organizations">Organizations</a>`}
            <a href="#mailbox">Mailbox</a> <a href="#requests">API calls</a> <a href="#start">Start over</a>
          </nav>
        </header>
        <p id="gone" role="alert" hidden>The emulator does not answer. This is what it held last.</p>
        <p
          id="said"
          role="status"
          class="${said ? (said.refused ? "refused" : "done") : ""}"
          data-focus="${said?.focus ?? ""}"
        >
          ${said && visible(said.text)}
        </p>
        <main data-version="${version}" ${isCapped && "data-capped"}>
          ${clockOf(service)} ${countsOf(service)}
          <div class="organizations" id="organizations">
            ${steps || filterOf(filter)}
            ${organizations.map((row, i) => organizationOf(row, { ...view, isOpen: isOpen(i) }))}
          </div>
          <div class="aside">
            ${
              steps === "" &&
              html`<section data-part="use" aria-labelledby="use">
                <h2 id="use">Use it</h2>
                ${exportsOf(service, api)}
              </section>`
            }
            ${mailboxOf(service)} ${requestsOf(service)} ${outsideOf(service)} ${startOver()}
          </div>
        </main>
        ${raw(`<script>${SCRIPT}</script>`)}
      </body>
    </html>`;
}

function clockOf({ clock }: Service): Html {
  const iso = clock.iso();
  const days = Math.round((clock.offsetSeconds / 86_400) * 10) / 10;
  return html`<form class="clock" data-part="clock" method="post" action="${FORMS}">
    <span
      >Clock
      <time datetime="${iso.slice(0, 16)}Z">${minuteOf(iso)}</time
      >${days > 0 && html` <small>moved forward by ${counted(days, "day")}</small>`}</span
    >
    ${DAYS.map((each) => html`<button id="clock-${each}" name="act" value="clock ${each}" aria-label="Move the clock forward: +${counted(each, "day")}">+${counted(each, "day")}</button>`)}
  </form>`;
}

function countsOf({ store, clock }: Service): Html {
  const organizations: Organization[] = [...store.organizations.values()];
  const now = clock.now();
  const sum = (count: (organization: Organization) => number) =>
    organizations.reduce((all, row) => all + count(row), 0);
  const expired = (row: Organization) =>
    pastInvitations(row, now).filter((past) => outcomeOf(past) === "expired").length;
  const waiting = (row: Organization) => openInvitations(row, now).length;
  const teams = sum((row) => row.teams.size);
  const items = [
    countOf(organizations.length, "organization"),
    countOf(store.people.size, "person", { many: "people" }),
    countOf(teams, "team"),
    countOf(sum(waiting), "invitation", { more: " waiting", link: linkTo("table", organizations.find(waiting)) }),
    countOf(sum(expired), "invitation", { more: " expired", link: linkTo("earlier", organizations.find(expired)) }),
    countOf(store.emails.length, "email", { more: " sent" }),
  ];
  return html`<ul class="counts" data-part="counts" aria-label="Counts">
    ${items}
  </ul>`;
}

const linkTo = (name: string, organization: Organization | undefined): string =>
  organization ? `#${ids.control(name, organization)}` : "";

/** A number of things, and where to find them. */
function countOf(count: number, one: string, { many = `${one}s`, more = "", link = "" } = {}): Html {
  const label = `${count === 1 ? one : many}${more}`;
  return html`<li><b>${count}</b> ${link === "" ? label : html`<a href="${link}">${label}</a>`}</li>`;
}

/** Without the script it is sent to the emulator; the script hides rows while one types. */
const filterOf = (filter: string): Html =>
  html`<form class="filter" role="search" method="get" action="/">
    <label for="filter">Filter people</label>
    <input
      id="filter"
      name="filter"
      type="search"
      value="${filter}"
      placeholder="address, name, role, team, invited …"
      autocomplete="off"
      spellcheck="false"
    />
    <button>Filter</button>
    <span id="found" role="status"></span>
  </form>`;
