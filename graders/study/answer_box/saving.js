// Bringing what is typed to the kernel: one message under way at a time, and nothing given up
// before the kernel has said that it is saved.

const LATE_MS = 4000;

// `on` is told: saved(text), elsewhere(other, kind), refused(), late(isLate).
export class Saving {
  constructor(model, drafts, tab, on) {
    Object.assign(this, { model, drafts, tab, on });
    this.base = model.get("revision");
    this.number = 0;
    this.underWay = null; // { number, kind, text }
    this.waiting = null; // what is to be sent after it
    this.timer = null;
  }

  get idle() {
    return this.underWay === null && this.waiting === null;
  }

  // A Submit is under way, or waits behind a draft.
  get submitting() {
    return [this.underWay, this.waiting].some((message) => message?.kind === "submit");
  }

  // `read` gives text and seconds at the moment of sending.
  send(kind, read) {
    if (this.underWay !== null) {
      if (this.waiting?.kind !== "submit") this.waiting = { kind, read };
      return;
    }
    const { text, seconds } = read();
    this.number += 1;
    this.underWay = { number: this.number, kind, text };
    this.drafts.keep(text, this.base);
    this.timer = setTimeout(() => this.on.late(true), LATE_MS);
    const { tab, number, base } = this;
    this.model.send({ kind, text, base, tab, number, seconds });
  }

  received(message) {
    if (message.tab !== this.tab || message.number !== this.underWay?.number) return;
    const { kind, text } = this.underWay;
    this.taken();
    this.underWay = null;
    if (message.kind === "kept") {
      this.base = message.revision;
      this.drafts.saved(text);
      this.on.saved(text);
    } else if (message.kind === "elsewhere") {
      // A Submit that waited behind this draft is what was meant last.
      const meant = this.waiting?.kind === "submit" ? "submit" : kind;
      this.waiting = null;
      this.on.elsewhere({ text: message.text, revision: message.revision }, meant);
      return;
    } else {
      this.on.refused();
    }
    const next = this.waiting;
    this.waiting = null;
    if (next !== null) this.send(next.kind, next.read);
  }

  // The kernel is at work on the message; however long that takes, it is not lost.
  taken() {
    clearTimeout(this.timer);
    this.on.late(false);
  }

  stop() {
    clearTimeout(this.timer);
  }
}
