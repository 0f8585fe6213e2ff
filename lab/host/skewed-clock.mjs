// Preloaded into a simulated LiveKit: its clock, and so its heartbeats, run LAB_CLOCK_SKEW_MS ahead.
const skew = Number(process.env.LAB_CLOCK_SKEW_MS);
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + skew);
    else super(...given);
  }
  static now() {
    return RealDate.now() + skew;
  }
};
