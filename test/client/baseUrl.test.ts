import { ConfigError } from "../../provider/core/errors.js";
import { checkBaseUrl, createClient, DEFAULT_BASE_URL } from "../../provider/client/index.js";

describe("checkBaseUrl", () => {
  it.each([
    [DEFAULT_BASE_URL, "https://api.avala.ai/api/v1"],
    ["https://api.avala.ai/api/v1///", "https://api.avala.ai/api/v1"],
    ["  https://API.Avala.ai  ", "https://api.avala.ai"],
    ["https://anything.example:8443/deep/prefix/", "https://anything.example:8443/deep/prefix"],
    ["https://[2001:db8::1]:444/v1", "https://[2001:db8::1]:444/v1"],
  ])("accepts %s", (given, normal) => {
    expect(checkBaseUrl(given)).toBe(normal);
    expect(checkBaseUrl(normal)).toBe(normal);
  });

  it.each(["http://localhost:8000/api/v1", "http://127.0.0.1:8787/api/v1", "http://[::1]:8787/api/v1"])(
    "accepts %s only on request",
    (url) => {
      expect(checkBaseUrl(url, { allowInsecure: true })).toBe(url);
      expect(() => checkBaseUrl(url)).toThrow(ConfigError);
      expect(() => checkBaseUrl(url, { allowInsecure: false })).toThrow("AVALA_ALLOW_INSECURE_BASE_URL");
    },
  );

  it.each([
    "",
    "api.avala.ai",
    "https:",
    "https://",
    "https:///path",
    "https:api.avala.ai",
    "https:/api.avala.ai",
    "https:\\\\api.avala.ai",
    "https://api.avala.ai\\@evil.example",
    "https://api.avala.ai/a b",
    "https://api.ava\nla.ai",
    "https://api.ava\tla.ai",
    "ftp://localhost",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "http://example.com",
    "http://localhost.example.com",
    "http://127.0.0.1.nip.io",
    "http://localhost.",
    "http://0.0.0.0",
    "http://127.0.0.2",
    "http://[::ffff:127.0.0.1]",
    "https://user@api.avala.ai",
    "https://user:pw@api.avala.ai",
    "https://@api.avala.ai",
    "https://:@api.avala.ai",
    "https://api.avala.ai?",
    "https://api.avala.ai/?key=1",
    "https://api.avala.ai/#",
    "https://api.avala.ai/#part",
    "https://api.avala.ai:99999",
  ])("refuses %j even if plain http is allowed", (url) => {
    expect(() => checkBaseUrl(url, { allowInsecure: true })).toThrow(ConfigError);
  });

  it("does not repeat what is in the URL besides its host", () => {
    for (const url of ["https://me:hunter2@api.avala.ai", "avk_hunter2", "https://api.avala.ai?key=hunter2"]) {
      expect(() => checkBaseUrl(url)).toThrow(/^(?!.*hunter2)/s);
    }
  });
});

describe("createClient", () => {
  const settings = { apiKey: "avk_x", baseUrl: DEFAULT_BASE_URL };

  it.each(["", "   ", "two words", "avk_\u0000x", "avk_é", "avk\r\nHost: x"])(
    "refuses the key %j without showing it",
    (apiKey) => {
      const shown = apiKey.trim() === "" ? "nothing to show" : apiKey;
      const make = () => createClient({ ...settings, apiKey });
      expect(make).toThrow(ConfigError);
      expect(make).not.toThrow(shown);
    },
  );

  it.each([0, -1, 0.5, NaN, Infinity])("refuses %p for numbers", (value) => {
    for (const name of ["requestsPerMinute", "requestsPerSecond", "timeoutMs"]) {
      expect(() => createClient({ ...settings, [name]: value })).toThrow(name);
    }
  });

  it("refuses a base URL with plain http to another host", () => {
    expect(() => createClient({ ...settings, baseUrl: "http://api.avala.ai/api/v1" })).toThrow(ConfigError);
  });

  it("shows its base URL in normal form", () => {
    expect(createClient({ ...settings, baseUrl: `${DEFAULT_BASE_URL}/` }).baseUrl).toBe(DEFAULT_BASE_URL);
  });
});
