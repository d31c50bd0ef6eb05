// Loaded before a node: its wall clock is off, as on a machine whose time nobody sets. It jumps at each SIGUSR2.
let skew = Number(process.env.CLOCK_SKEW_MS);
const jump = Number(process.env.CLOCK_JUMP_MS ?? 0);
if (jump !== 0)
  process.on('SIGUSR2', () => {
    skew += jump;
  });
const Real = Date;
globalThis.Date = class extends Real {
  constructor(...given) {
    super(...(given.length === 0 ? [Real.now() + skew] : given));
  }
  static now() {
    return Real.now() + skew;
  }
};
