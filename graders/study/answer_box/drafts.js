// What was typed and is not yet known to be saved, kept by the browser. Each tab has a key of its
// own, so that two tabs cannot lose each other's words; whichever opens next finds them all.

const DRAFT = "seniorkit:draft:";
const CLOCK = "seniorkit:clock:";
const KEPT_MS = 60 * 24 * 3600 * 1000;

// On a hub, learners with the same folder names share the address but for this path.
function server() {
  return location.pathname.replace(/\/(lab|doc|notebooks|tree|consoles)(\/.*)?$/, "");
}

// A browser may refuse to keep anything; then the kernel alone does.
function attempt(action, otherwise = null) {
  try {
    return action();
  } catch {
    return otherwise;
  }
}

export class Drafts {
  constructor(place, tab) {
    this.prefix = `${DRAFT}${server()}:${place}:`;
    this.own = this.prefix + tab;
    this.clock = `${CLOCK}${server()}:${place}`;
  }

  keep(text, base) {
    attempt(() => localStorage.setItem(this.own, JSON.stringify({ text, base, at: Date.now() })));
  }

  // The kernel has saved `text`: whatever is the same need not be kept here.
  saved(text) {
    for (const draft of this.all()) if (draft.text === text) this.drop(draft);
  }

  drop(draft) {
    attempt(() => localStorage.removeItem(draft.key));
  }

  // The newest draft that is not what the kernel has.
  unsaved(text) {
    return this.all().filter((draft) => draft.text !== text && draft.text.trim())[0] ?? null;
  }

  all() {
    const keys = attempt(() => Object.keys(localStorage), []);
    const found = [];
    for (const key of keys.filter((each) => each.startsWith(this.prefix))) {
      const draft = attempt(() => JSON.parse(localStorage.getItem(key)));
      if (typeof draft?.text !== "string" || !(Date.now() - draft.at < KEPT_MS)) this.drop({ key });
      else found.push({ key, text: draft.text, base: String(draft.base), at: draft.at });
    }
    return found.sort((one, other) => other.at - one.at);
  }

  seconds() {
    const kept = Number(attempt(() => localStorage.getItem(this.clock)));
    return Number.isFinite(kept) && kept > 0 ? kept : 0;
  }

  keepSeconds(seconds) {
    attempt(() =>
      seconds > 0
        ? localStorage.setItem(this.clock, String(Math.round(seconds)))
        : localStorage.removeItem(this.clock),
    );
  }
}
