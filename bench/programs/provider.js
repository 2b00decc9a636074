/** The declarations, made of this provider's resources. */
const avala = require("pulumi-avala");
require("./declare.js")((kind, name, args) => new avala[kind](name, args));
