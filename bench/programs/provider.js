/** The declarations, made of this provider's resources. */
const avala = require("pulumi-avala");

require("./declare.js")(function make(kind, name, args) {
  return new avala[kind](name, args);
});
