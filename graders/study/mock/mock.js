// The page's side of MockInterview: shows what Python says, forwards what the candidate types.
// What anybody said is only ever put in as text; `card` is made and escaped in Python.

import { element, isActive, setActive } from "../answer_box/element.js";
import { Drafts } from "../answer_box/drafts.js";

const TICK_MS = 10000;
const LATE_MS = 8000;
const AT_WORK_MS = 75000; // a language model that words the follow-up is given a minute
const LATE =
  "The interviewer does not answer: the kernel is busy, or was restarted. What was said is kept, and " +
  "what stands in the box is kept in this browser. If this stays, run the cell again and press “Go on”.";
const SAVE_AFTER_MS = 700;
const APART_MS = 600; // longer than a double click
const SURE_MS = 5000;
const BUSY = { working: "The interviewer listens…", judging: "Writing the scorecard…" };
const FIRST = "The interviewer is about to answer: read that first, then say this.";
const YOURS = "Your turn";
const UNSAID = "Not said: the interview was over before this. It is not judged; copy what you want to keep.";

function clockFace(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function parts() {
  const id = `sk-mock-${Math.random().toString(36).slice(2)}`;
  const button = (label, kind) => element("button", { type: "button", class: `sk-button sk-${kind}` }, [label]);
  return {
    id,
    heading: element("h3", { class: "sk-heading" }),
    place: element("span", { class: "sk-place" }),
    time: element("span", { class: "sk-clock", role: "timer", "aria-label": "Time left" }),
    log: element("div", { class: "sk-log", role: "log", "aria-live": "polite", "aria-label": "Conversation", tabindex: "0" }),
    area: element("textarea", { id, class: "sk-area", rows: "6", spellcheck: "true", placeholder: "Say it as you would say it. Ctrl+Enter speaks; what you type is saved." }),
    label: element("label", { for: id, class: "sk-label" }, [YOURS]),
    say: button("Say it", "say"),
    stop: button("End the interview", "stop"),
    start: button("Start", "start"),
    resume: button("Go on", "resume"),
    judge: button("Write the scorecard", "judge"),
    waiting: element("p", { class: "sk-waiting" }),
    status: element("span", { class: "sk-status", role: "status" }),
    problem: element("p", { class: "sk-note", role: "alert" }),
    late: element("p", { class: "sk-note", role: "alert" }, [LATE]),
    card: element("div", { class: "sk-result", "aria-live": "polite", tabindex: "-1" }),
  };
}

function spoken(model) {
  return model.get("turns").filter((turn) => turn.speaker === "candidate");
}

function show(model, ui, box, waits) {
  const state = model.get("state");
  const running = state === "running" || state === "working";
  box.dataset.state = state;
  ui.heading.textContent = model.get("heading");
  ui.place.textContent = model.get("place");
  ui.problem.textContent = model.get("message");
  ui.problem.hidden = !model.get("message");
  ui.status.textContent = BUSY[state] ?? (waits ? BUSY.working : "");
  const waiting = model.get("waiting");
  ui.waiting.textContent = waiting ? `An interview is not finished: ${waiting}.` : "";
  ui.waiting.hidden = !waiting;
  const begun = model.get("turns").length > 0;
  ui.start.hidden = begun || state === "broken";
  ui.start.textContent = waiting ? "Start a new one" : "Start";
  ui.resume.hidden = begun || !waiting;
  ui.judge.hidden = !(begun && state === "running" && model.get("place") === "over");
  const talking = running && begun && ui.judge.hidden;
  // What stands in the box when the interview ends is still the candidate's.
  const unsaid = begun && !talking && ui.area.value.trim() !== "";
  ui.label.textContent = unsaid ? UNSAID : YOURS;
  ui.area.readOnly = unsaid;
  ui.label.hidden = ui.area.hidden = !talking && !unsaid;
  for (const node of [ui.say, ui.stop, ui.time]) node.hidden = !talking;
  ui.log.hidden = !begun;
  for (const node of [ui.say, ui.start, ui.resume, ui.judge]) setActive(node, !waits);
}

function showTurns(model, ui) {
  const turns = model.get("turns");
  ui.log.replaceChildren(
    ...turns.map((turn) => {
      const name = turn.speaker === "candidate" ? "You" : "Interviewer";
      const said = element("span", { class: "sk-said" });
      said.textContent = turn.text.trim() || "(said nothing)";
      return element("div", { class: `sk-turn sk-${turn.speaker}` }, [element("span", { class: "sk-who" }, [name]), said]);
    }),
  );
  ui.log.scrollTop = ui.log.scrollHeight;
}

// A button that is pressed twice, the presses well apart: no slip ends two hours of talk, neither a
// double click nor a key that is held.
function asksTwice(button, sure, act) {
  const label = button.textContent;
  let timers = [];
  const disarm = () => {
    timers.forEach(clearTimeout);
    timers = [];
    button.textContent = label;
    setActive(button, true);
  };
  button.addEventListener("keydown", (event) => {
    if (event.repeat && event.key === "Enter") event.preventDefault();
  });
  button.addEventListener("click", (event) => {
    if (!isActive(button) || event.detail > 1) return;
    if (timers.length > 0) {
      disarm();
      act();
      return;
    }
    button.textContent = sure;
    setActive(button, false);
    timers = [setTimeout(() => setActive(button, true), APART_MS), setTimeout(disarm, SURE_MS)];
  });
  return disarm;
}

// The way to the kernel, which may be slow: a press waits until the state tells that it was answered.
// Anything else may be the answer to a message before it.
class Line {
  constructor(model, ui, changed) {
    this.model = model;
    this.ui = ui;
    this.changed = changed;
    this.late = null;
    this.wait();
  }

  get waits() {
    return this.late !== null;
  }

  // Where the page is goes with it: meanwhile the kernel may have come further.
  send(kind) {
    const part = Number(this.model.get("turns").at(-1)?.part ?? 0);
    try {
      this.model.send({ kind, text: this.ui.area.value, spoken: spoken(this.model).length, part });
    } catch {
      this.noAnswer(); // the way to a kernel that was restarted is closed
    }
  }

  press(kind) {
    if (!this.waits) this.late = setTimeout(() => this.noAnswer(), LATE_MS);
    this.changed();
    this.send(kind);
  }

  // The state changed: the kernel is at work on a press, or has done with it.
  wait() {
    this.close();
    this.ui.late.hidden = true;
    if (this.model.get("state") === "working") this.late = setTimeout(() => this.noAnswer(), AT_WORK_MS);
  }

  noAnswer() {
    this.close();
    if (this.model.get("state") === "judging") return;
    this.ui.late.hidden = false;
    this.changed();
  }

  close() {
    clearTimeout(this.late);
    this.late = null;
  }
}

// The words in the box: typed and not said yet. The browser keeps them at once, the kernel soon.
class Words {
  constructor(model, ui, line) {
    this.model = model;
    this.ui = ui;
    this.line = line;
    this.drafts = null;
    this.saving = null;
    this.after = Infinity; // so many turns had been said when the words were begun
  }

  // What a restarted kernel or a closed tab left behind: the kernel is never ahead of the page.
  take() {
    const id = this.model.get("interview");
    if (!id || this.drafts?.id === id) return;
    this.drafts = Object.assign(new Drafts(`mock:${id}`, this.ui.id), { id });
    const kept = this.drafts.unsaved("");
    this.ui.area.value = kept?.text ?? this.model.get("draft");
    this.after = kept ? Number(kept.base) : Infinity; // the kernel's draft holds nothing that was said
    if (!kept) return;
    this.keep();
    this.drafts.drop(kept); // they are kept as this tab's from now on
  }

  keep() {
    this.drafts?.keep(this.ui.area.value, this.after);
  }

  saveSoon() {
    clearTimeout(this.saving);
    this.saving = setTimeout(() => this.save(), SAVE_AFTER_MS);
  }

  // Save what waits to be saved.
  save() {
    if (this.saving === null) return;
    this.sent();
    this.line.send("draft");
  }

  // Every message takes the words with it.
  sent() {
    clearTimeout(this.saving);
    this.saving = null;
  }

  // What was said since goes from the box; what was typed behind it stays.
  cut() {
    const turns = spoken(this.model);
    const before = this.ui.area.value;
    let rest = before;
    for (const { text } of turns.slice(this.after)) {
      if (text && rest.startsWith(text)) rest = rest.slice(text.length).trimStart();
    }
    this.after = turns.length;
    if (turns.length > 0) this.drafts?.saved(turns.at(-1).text);
    if (rest === before) return;
    this.ui.area.value = rest;
    if (rest) this.keep();
    else this.drafts?.drop({ key: this.drafts.own });
  }
}

function layout(ui) {
  const row = (...nodes) => element("div", { class: "sk-row" }, nodes);
  return element("div", { class: "sk-page sk-mock" }, [
    row(ui.heading, ui.place, ui.time), ui.waiting, row(ui.resume, ui.start), ui.log,
    ui.label, ui.area, row(ui.say, ui.stop, ui.judge, ui.status), ui.late, ui.problem, ui.card,
  ]);
}

// Forward what the candidate types and presses. Returns what lets go of it.
function listen(ui, box, words, line) {
  const press = (kind) => {
    words.sent();
    line.press(kind);
  };
  const say = () => {
    if (ui.say.hidden) return;
    if (isActive(ui.say)) press("say");
    else ui.status.textContent = FIRST; // nobody answers what they have not read
  };
  ui.area.addEventListener("input", () => {
    words.keep();
    words.saveSoon();
  });
  ui.area.addEventListener("blur", () => words.save());
  // JupyterLab would take the keys for itself: Shift+Enter runs the cell, and whoever clicked “Say it”
  // and types on too early would delete it with two d.
  box.addEventListener("keydown", (event) => event.stopPropagation());
  ui.area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (!event.repeat) say();
  });
  // A second click of two would say nothing, which is a turn as well.
  ui.say.addEventListener("click", (event) => event.detail > 1 || say());
  ui.say.title = "Ctrl+Enter";
  for (const kind of ["start", "resume", "judge"]) {
    ui[kind].addEventListener("click", () => isActive(ui[kind]) && press(kind));
  }
  return asksTwice(ui.stop, "Really end it", () => press("stop"));
}

// Moves the focus to a node of the box; whoever types into another cell goes on there.
function focus(box, node) {
  const at = document.activeElement;
  const typing = at?.isContentEditable || at?.matches("input, textarea, select");
  if (box.contains(at) || !typing) node.focus({ preventScroll: true });
}

function render({ model, el }) {
  const ui = parts();
  const box = layout(ui);
  el.append(box);
  let end = 0;
  const refresh = () => show(model, ui, box, line.waits);
  const line = new Line(model, ui, refresh);
  const words = new Words(model, ui, line);
  const disarm = listen(ui, box, words, line);
  const setTime = () => { end = Date.now() + model.get("left") * 1000; };
  const showTime = () => { ui.time.textContent = clockFace((end - Date.now()) / 1000); };
  const showCard = () => {
    ui.card.innerHTML = model.get("card");
    if (model.get("card")) focus(box, ui.card);
  };
  const seconds = setInterval(showTime, 500);
  const ticks = setInterval(() => {
    // A tick behind a turn that waits would only wait as well.
    if (model.get("state") === "running" && !ui.time.hidden && !line.waits) line.send("tick");
  }, TICK_MS);
  model.on("change:state", () => { line.wait(); refresh(); });
  model.on("change:interview", () => words.take());
  model.on("change:turns", () => {
    words.cut();
    showTurns(model, ui);
    refresh();
    // The kernel leaves out what comes from a page that is behind; now it is not.
    if (ui.area.value) words.saveSoon();
    if (!ui.area.hidden) focus(box, ui.area);
  });
  for (const name of ["heading", "place", "message", "waiting"]) model.on(`change:${name}`, refresh);
  model.on("change:left", () => { setTime(); showTime(); });
  model.on("change:card", showCard);
  words.take();
  words.cut();
  setTime();
  showTurns(model, ui);
  refresh();
  showTime();
  showCard();
  return () => {
    clearInterval(seconds);
    clearInterval(ticks);
    disarm();
    line.close();
    words.save();
  };
}

export default { render };
