/** The same declarations, made of resources whose handlers do nothing: what the engine costs by itself. */
const pulumi = require("@pulumi/pulumi");
const { providerText } = require("../../dist/resources/base.js");

class Null extends pulumi.CustomResource {
  constructor(kind, name, args) {
    // A text of the same length; the module is put into node_modules beside the program.
    const text = providerText(kind[0].toLowerCase() + kind.slice(1));
    const __provider = text.replace("pulumi-avala/provider", "null-provider/handler");
    super(`pulumi-nodejs:dynamic/avala:${kind}`, name, { ...args, __provider });
  }
}

const idOf = (value) => (pulumi.CustomResource.isInstance(value) ? value.id : value);

require("./declare.js")(function make(kind, name, args) {
  return new Null(kind, name, Object.fromEntries(Object.entries(args).map(([key, value]) => [key, idOf(value)])));
});
