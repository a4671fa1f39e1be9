// The page's side of MockInterview: shows what Python says, forwards what the candidate types.
// What anybody said is only ever put in as text; `card` is made and escaped in Python.

import { element } from "../answer_box/element.js";
import { Drafts } from "../answer_box/drafts.js";

const TICK_MS = 10000;
const LATE_MS = 8000;
const LATE =
  "The interviewer does not answer: the kernel is busy, or was restarted. What was said is kept, and " +
  "what stands in the box is kept in this browser. If this stays, run the cell again and press “Go on”.";
const SAVE_AFTER_MS = 700;
const BUSY = { working: "The interviewer listens…", judging: "Writing the scorecard…" };

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
    label: element("label", { for: id, class: "sk-label" }, ["Your turn"]),
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

function show(model, ui, box) {
  const state = model.get("state");
  const running = state === "running" || state === "working";
  box.dataset.state = state;
  ui.heading.textContent = model.get("heading");
  ui.place.textContent = model.get("place");
  ui.problem.textContent = model.get("message");
  ui.problem.hidden = !model.get("message");
  ui.status.textContent = BUSY[state] ?? "";
  const waiting = model.get("waiting");
  ui.waiting.textContent = waiting ? `An interview is not finished: ${waiting}.` : "";
  ui.waiting.hidden = !waiting;
  const begun = model.get("turns").length > 0;
  ui.start.hidden = begun || state === "broken";
  ui.start.textContent = waiting ? "Start a new one" : "Start";
  ui.resume.hidden = begun || !waiting;
  ui.judge.hidden = !(begun && state === "running" && model.get("place") === "over");
  const talking = running && begun && ui.judge.hidden;
  for (const node of [ui.label, ui.area, ui.say, ui.stop]) node.hidden = !talking;
  ui.log.hidden = !begun;
  ui.time.hidden = !talking;
  ui.say.disabled = ui.stop.disabled = ui.start.disabled = ui.resume.disabled = state === "working";
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

function render({ model, el }) {
  const ui = parts();
  const row = (...nodes) => element("div", { class: "sk-row" }, nodes);
  const box = element("div", { class: "sk-page sk-mock" }, [
    row(ui.heading, ui.place, ui.time), ui.waiting, row(ui.resume, ui.start), ui.log,
    ui.label, ui.area, row(ui.say, ui.stop, ui.judge, ui.status), ui.late, ui.problem, ui.card,
  ]);
  el.append(box);
  let end = 0;
  let saving = null;
  let late = null;
  let drafts = null; // what is typed and not said yet, as the browser keeps it

  const send = (kind) => {
    clearTimeout(saving);
    saving = null;
    // A draft and a tick get no answer; whoever pressed a button waits for one.
    if (kind !== "draft" && kind !== "tick" && late === null) late = setTimeout(noAnswer, LATE_MS);
    try {
      model.send({ kind, text: ui.area.value });
    } catch {
      noAnswer(); // the way to a kernel that was restarted is closed
    }
  };
  const refresh = () => show(model, ui, box);
  const noAnswer = () => {
    clearTimeout(late);
    late = null;
    if (model.get("state") === "judging") return;
    ui.late.hidden = false;
    refresh();
  };
  const answered = () => {
    clearTimeout(late);
    late = null;
    ui.late.hidden = true;
  };
  // What a restarted kernel or a closed tab left behind: the page is never behind the kernel.
  const takeDraft = () => {
    const id = model.get("interview");
    if (!id || (drafts && drafts.id === id)) return;
    drafts = Object.assign(new Drafts(`mock:${id}`, ui.id), { id });
    const kept = drafts.unsaved("")?.text;
    if (!ui.area.value) ui.area.value = kept ?? model.get("draft");
  };
  const setTime = () => { end = Date.now() + model.get("left") * 1000; };
  const showTime = () => { ui.time.textContent = clockFace((end - Date.now()) / 1000); };
  const showCard = () => {
    ui.card.innerHTML = model.get("card");
    if (model.get("card")) ui.card.focus({ preventScroll: true });
  };
  const say = () => {
    if (ui.say.disabled) return;
    ui.say.disabled = true;
    ui.status.textContent = BUSY.working;
    send("say");
  };
  ui.area.addEventListener("input", () => {
    drafts?.keep(ui.area.value, "");
    clearTimeout(saving);
    saving = setTimeout(() => send("draft"), SAVE_AFTER_MS);
  });
  ui.area.addEventListener("blur", () => saving !== null && send("draft"));
  // JupyterLab would take these keys for itself (Shift+Enter runs the cell, and so on).
  for (const node of [ui.area, ui.log]) {
    node.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (node === ui.area && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        say();
      }
    });
  }
  ui.say.addEventListener("click", say);
  ui.say.title = "Ctrl+Enter";
  for (const kind of ["start", "resume", "judge"]) ui[kind].addEventListener("click", () => send(kind));
  ui.stop.addEventListener("click", () => {
    // A second press: an interview is not ended by a slip.
    if (ui.stop.dataset.sure) send("stop");
    else {
      ui.stop.dataset.sure = "yes";
      ui.stop.textContent = "Really end it";
      setTimeout(() => { delete ui.stop.dataset.sure; ui.stop.textContent = "End the interview"; }, 5000);
    }
  });
  const seconds = setInterval(showTime, 500);
  const ticks = setInterval(() => model.get("state") === "running" && !ui.time.hidden && send("tick"), TICK_MS);
  for (const name of ["turns", "state", "message", "card"]) model.on(`change:${name}`, answered);
  model.on("change:interview", takeDraft);
  model.on("change:turns", () => { showTurns(model, ui); refresh(); });
  // What was said is gone from the box; what was typed since stays.
  model.on("change:turns", () => {
    const mine = model.get("turns").filter((turn) => turn.speaker === "candidate").at(-1);
    if (mine) drafts?.saved(mine.text);
    if (mine && ui.area.value === mine.text) ui.area.value = "";
    if (!ui.area.hidden) ui.area.focus({ preventScroll: true });
  });
  for (const name of ["heading", "place", "message", "state", "waiting"]) model.on(`change:${name}`, refresh);
  model.on("change:left", () => { setTime(); showTime(); });
  model.on("change:card", showCard);
  model.on("change:draft", () => { if (!ui.area.value) ui.area.value = model.get("draft"); });
  ui.late.hidden = true;
  ui.area.value = model.get("draft");
  takeDraft();
  setTime();
  showTurns(model, ui);
  refresh();
  showTime();
  showCard();
  return () => {
    clearInterval(seconds);
    clearInterval(ticks);
    clearTimeout(late);
    if (saving !== null) send("draft");
  };
}

export default { render };
