// Preloaded, so that nothing of a picture depends on the day or the terminal in which it is made.
const { PICTURES_NOW, PICTURES_COLUMNS } = process.env;

/** The process begins at this time. */
const RealDate = Date;
const offset = RealDate.parse(PICTURES_NOW) - RealDate.now();

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + offset);
    else super(...args);
  }

  static now() {
    return RealDate.now() + offset;
  }
};

// What a command prints at a terminal of this width.
if (PICTURES_COLUMNS !== undefined) Object.assign(process.stdout, { isTTY: true, columns: Number(PICTURES_COLUMNS) });
