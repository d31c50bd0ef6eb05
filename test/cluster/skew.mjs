// Loaded before a node: its wall clock is off, as on a machine whose time nobody sets.
const skew = Number(process.env.CLOCK_SKEW_MS);
const Real = Date;
globalThis.Date = class extends Real {
  constructor(...given) {
    super(...(given.length === 0 ? [Real.now() + skew] : given));
  }
  static now() {
    return Real.now() + skew;
  }
};
