import { crashTests } from "./crashes.js";

crashTests("Ctrl-C once");
