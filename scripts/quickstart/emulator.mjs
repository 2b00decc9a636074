import { appendFileSync } from "node:fs";
import { launchEmulator } from "../emulatorProcess.mjs";
import { LOG } from "./folder.mjs";
import { StoryError } from "./storyError.mjs";

const KEY = "avk_local";

/** The emulator of the story, on a free port; it ends with this process at the latest. */
export async function startEmulator() {
  const { url, stop } = await launchEmulator({ onError: (chunk) => appendFileSync(LOG, chunk) });
  return new Emulator(url, stop);
}

/** What the story asks of the emulator, and does in it for others than the provider. */
class Emulator {
  /** Calls, changes and mails that the provider has caused so far. */
  total = { calls: 0, writes: 0, mails: 0 };

  constructor(url, stop) {
    this.url = url;
    /** The page for people, with buttons to accept invitations. */
    this.page = new URL("/", url).href;
    this.stop = stop;
    this.environment = { AVALA_API_KEY: KEY, AVALA_BASE_URL: url, AVALA_ALLOW_INSECURE_BASE_URL: "1" };
  }

  /** Everything but the mails: those cannot be taken back. */
  async state() {
    return { ...(await this.#control("GET", "/state")), emails: [] };
  }

  /** The one organization of the story. */
  async organization() {
    return (await this.state()).organizations[0];
  }

  /** `member`, `invited`, or `gone` when the invitation is over and has made no member. */
  async standing(email) {
    const { members, invitations } = await this.organization();
    if (members.some((row) => row.email === email)) return "member";
    const isOpen = ({ status, expiresAt }) => status === "pending" && Date.parse(expiresAt) > Date.now();
    return invitations.some((row) => row.email === email && isOpen(row)) ? "invited" : "gone";
  }

  async mails() {
    return (await this.#control("GET", "/emails")).length;
  }

  /** Makes an account, which belongs to no organization. */
  async signUp(email) {
    await this.#control("POST", "/people", { email });
  }

  /** What the person does who has got the mail. */
  async accept(email) {
    const { uid } = (await this.organization()).invitations.find((row) => row.email === email);
    await this.#control("POST", `/invitations/${uid}/accept`);
  }

  /** The owner at work with a browser: renames a team and takes somebody out of it. Not the provider's calls. */
  async meddle({ team: { name, to }, without }) {
    const { slug, teams } = await this.organization();
    const { people } = await this.state();
    const team = `/organizations/${slug}/teams/${teams.find((row) => row.name === name).slug}/`;
    await this.#api("PATCH", team, { name: to });
    await this.#api("DELETE", `${team}members/${people.find(({ email }) => email === without).uid}/`);
    await this.#control("DELETE", "/requests");
  }

  /** Calls, changes and mails since last asked. */
  async takeCount() {
    const requests = await this.#control("GET", "/requests");
    const writes = requests.filter(({ method }) => method !== "GET").length;
    const count = { calls: requests.length, writes, mails: await this.mails() };
    for (const [name, number] of Object.entries(count)) this.total[name] += number;
    await this.#control("DELETE", "/requests");
    await this.#control("DELETE", "/emails");
    return count;
  }

  #control(method, path, body) {
    return request(method, new URL(`/_emulator${path}`, this.url), body);
  }

  #api(method, path, body) {
    return request(method, new URL(this.url + path), body, { "x-avala-api-key": KEY });
  }
}

async function request(method, url, body, headers = {}) {
  const sent = body && { body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers } };
  const answer = await fetch(url, { method, headers, ...sent });
  if (!answer.ok) throw new StoryError(`the emulator answered ${answer.status} to ${method} ${url.pathname}.`);
  return answer.headers.get("content-type")?.includes("json") ? answer.json() : undefined;
}
