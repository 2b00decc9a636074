import { engineAddress } from "../../provider/lifecycle/runtime/host.js";

describe("the engine's address", () => {
  const host = ["/usr/bin/node", "/project/node_modules/@pulumi/pulumi/cmd/dynamic-provider/index.js"];
  const address = { host: "127.0.0.1", port: 4711, text: "127.0.0.1:4711" };

  it.each([
    [[]],
    [["-logtostderr", "-v=9"]],
    [["--tracing", "file:./trace:1"]],
    [["-logtostderr", "-v=9", "--tracing", "http://127.0.0.1:9411"]],
  ])("bug: is the last argument, also after arguments that the engine adds (%j)", (flags) => {
    expect(engineAddress([...host, ...flags, address.text])).toEqual(address);
  });

  it("is known only in the process for dynamic resources", () => {
    expect(engineAddress(["/usr/bin/node", "/project/index.js", address.text])).toBeUndefined();
    expect(engineAddress(host)).toBeUndefined();
    expect(engineAddress([...host, "file:./trace"])).toBeUndefined();
  });
});
