import { createRequire } from "node:module";
import type { Sink } from "./log.js";

/**
 * A sink that writes to the engine's log service, and connects at the first line. The severity `error` is never used:
 * the engine would show the resource as failed.
 * @param address address of the engine
 */
export function engineLog(address: string): Sink {
  let sink: Sink | undefined;
  return (level, line) => (sink ??= connected(address))(level, line);
}

function connected(address: string): Sink {
  const { EngineClient } = require("@pulumi/pulumi/proto/engine_grpc_pb.js") as EngineGrpc;
  const proto = require("@pulumi/pulumi/proto/engine_pb.js") as EngineMessages;
  // The SDK's copy of grpc-js, which is not a dependency of this package.
  const grpc = createRequire(require.resolve("@pulumi/pulumi/package.json"))("@grpc/grpc-js") as Grpc;
  const client = new EngineClient(address, grpc.credentials.createInsecure());
  const { DEBUG: debug, INFO: info, WARNING: warning } = proto.LogSeverity;
  const severities = { debug, info, warning };
  return (level, line) => {
    const request = new proto.LogRequest();
    request.setSeverity(severities[level]);
    request.setMessage(line);
    return new Promise((resolve) => client.log(request, () => resolve()));
  };
}

type EngineGrpc = typeof import("@pulumi/pulumi/proto/engine_grpc_pb.js");
type EngineMessages = typeof import("@pulumi/pulumi/proto/engine_pb.js");
type Grpc = typeof import("@grpc/grpc-js");
