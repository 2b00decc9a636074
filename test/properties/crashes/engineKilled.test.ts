import { crashTests } from "./crashes.js";

crashTests("kill -9 of the engine");
