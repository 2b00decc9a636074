const KEY = "avk_local";

/** The emulator of the quickstart, in this process, and what others than the provider do in it. */
export class Service {
  #emulator;

  /** @param people their email addresses; they have accounts, and no organization */
  static async start(people) {
    const { startEmulator } = await import("avala-emulator");
    return new Service(await startEmulator({ seed: { people: people.map((email) => ({ email })) } }));
  }

  constructor(emulator) {
    this.#emulator = emulator;
    this.stop = () => emulator.close();
    this.url = emulator.url;
    /** The page for people, with buttons to accept invitations. */
    this.page = new URL("/", emulator.url).href;
    this.environment = { AVALA_API_KEY: KEY, AVALA_BASE_URL: emulator.url, AVALA_ALLOW_INSECURE_BASE_URL: "1" };
  }

  /** Everything but the emails: those cannot be taken back. */
  async state() {
    return { ...(await this.#control("GET", "/state")), emails: [] };
  }

  /** The one organization of the quickstart. */
  async organization() {
    return (await this.state()).organizations[0];
  }

  /** The invitation that the person can accept, if there is one. */
  async invitationOf(email) {
    const isOpen = ({ status, expiresAt }) => status === "pending" && Date.parse(expiresAt) > Date.now();
    return (await this.organization()).invitations.find((row) => row.email === email && isOpen(row));
  }

  async accept(email) {
    const { uid } = await this.invitationOf(email);
    await this.#control("POST", `/invitations/${uid}/accept`);
  }

  /** What the owner does in a browser: renames a team and removes a person from it. */
  async changeTeam({ name, newName, without }) {
    const { organizations, people } = await this.state();
    const [{ slug, teams }] = organizations;
    const team = `${this.url}/organizations/${slug}/teams/${teams.find((row) => row.name === name).slug}/`;
    await request("PATCH", team, { name: newName });
    await request("DELETE", `${team}members/${people.find(({ email }) => email === without).uid}/`);
    await this.#control("DELETE", "/requests");
  }

  /** API calls, those of them that change something, and emails since last asked. */
  async takeCount() {
    const [requests, emails] = [await this.#control("GET", "/requests"), await this.#control("GET", "/emails")];
    for (const log of ["/requests", "/emails"]) await this.#control("DELETE", log);
    const changes = requests.filter(({ method }) => method !== "GET").length;
    return { calls: requests.length, changes, emails: emails.length };
  }

  #control(method, path) {
    return request(method, this.#emulator.controlUrl + path);
  }
}

async function request(method, url, body) {
  const headers = { "x-avala-api-key": KEY, "content-type": "application/json" };
  const sent = body && { body: JSON.stringify(body) };
  const response = await fetch(url, { method, headers, ...sent });
  if (!response.ok) throw new Error(`the emulator answered ${response.status} to ${method} ${new URL(url).pathname}.`);
  return response.headers.get("content-type")?.includes("json") ? response.json() : undefined;
}
