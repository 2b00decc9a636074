/**
 * Preloaded (`node --require`) into a process that a test starts: each connection, datagram and listening socket that it
 * opens and each name that it looks up becomes a line of the file that RECORDED_CONNECTIONS names. All modules of Node
 * that connect (http, https, http2, tls, fetch) do so through these functions.
 */
const { appendFileSync } = require("node:fs");
const dgram = require("node:dgram");
const dns = require("node:dns");
const net = require("node:net");

const file = process.env["RECORDED_CONNECTIONS"];
const args = process.argv.slice(1);

function record(way, to) {
  appendFileSync(file, `${JSON.stringify({ args, way, to })}\n`);
}

/** Calls `before` with the arguments of each call of a function. */
function watch(owner, name, before) {
  const called = owner[name];
  owner[name] = function (...given) {
    before(...given);
    return called.apply(this, given);
  };
}

/** As Node's own callers pass them, or as somebody else does: options, or port and host. */
function targetOf(given) {
  const [first, second] = Array.isArray(given[0]) ? given[0] : given;
  if (typeof first !== "object") return `${typeof second === "string" ? second : "localhost"}:${first}`;
  return first.path ?? `${first.host ?? "localhost"}:${first.port}`;
}

if (file !== undefined) {
  watch(net.Socket.prototype, "connect", (...given) => record("connect", targetOf(given)));
  watch(dgram.Socket.prototype, "send", (...given) => record("datagram", given.slice(1).join(" ")));
  for (const owner of [dns, dns.promises])
    for (const name of Object.keys(owner).filter((key) => /^(lookup|resolve)/.test(key)))
      // An address is not a name: nobody is asked about it.
      watch(owner, name, (host) => !net.isIP(host) && record("look-up", String(host)));
  const listen = net.Server.prototype.listen;
  net.Server.prototype.listen = function (...given) {
    this.once("listening", () => {
      const address = this.address();
      record("listen", typeof address === "string" ? address : `${address.address}:${address.port}`);
    });
    return listen.apply(this, given);
  };
}
