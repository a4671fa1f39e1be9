// The page's side of AnswerBox: it shows what Python says and forwards what the learner types.

import { element, isActive, pushButton, setActive } from "./element.js";
import { lengthText } from "./words.js";
import { Clock, clockText } from "./clock.js";
import { Drafts } from "./drafts.js";
import { hintLadder, modelAnswer } from "./help.js";
import { resultView } from "./result.js";
import { editor } from "./editor.js";
import { Saving } from "./saving.js";

const SAVE_AFTER_MS = 700;
const COUNT_AFTER_MS = 150; // counting a long text for each key would be felt
const JUDGING = "Reading your answer…";
const STATES = {
  ready: "", saved: "Saved", judging: JUDGING, judged: "Saved and judged",
  "not saved": "Not saved; kept in this browser", broken: "This box cannot be used",
};
const LATE =
  "The kernel does not answer: it is busy, or was restarted. What you wrote is kept in this " +
  "browser. If this stays, run the cell again; your text will be there.";

function render({ model, el }) {
  const tab = Math.random().toString(36).slice(2);
  const titleId = `sk-title-${tab}`;
  const drafts = new Drafts(model.get("place"), tab);
  const forward = (kind, more = {}) => model.send({ kind, tab, ...more });

  const edit = editor(model, titleId);
  const hints = hintLadder(model, forward);
  const models = modelAnswer(model, forward);
  const result = resultView(model);
  const time = element("span", { role: "timer" });
  const timeButton = element("button", { type: "button", class: "sk-clock" }, [time]);
  const main = pushButton("Submit", "main", { "aria-keyshortcuts": "Control+Enter Meta+Enter" });
  const count = element("span", { class: "sk-count sk-writing" });
  const status = element("span", { class: "sk-status" });
  const read = element("p", { class: "sk-read", role: "status" });
  const problem = element("p", { class: "sk-note", role: "alert" });
  const late = element("p", { class: "sk-note", role: "alert" }, [LATE]);
  const choice = element("div", { class: "sk-note sk-choice", role: "alert" });
  const meter = element("progress", { class: "sk-judged", "aria-label": "Criteria judged" });
  const early = element("ul", { class: "sk-early" });
  const box = element("div", { class: "sk-page sk-box" }, [
    element("header", { class: "sk-top" }, [
      element("p", { class: "sk-kicker" }, [model.get("kicker")]), timeButton,
    ]),
    element("h3", { id: titleId, class: "sk-question" }, [model.get("prompt")]),
    ...(model.get("change")
      ? [element("p", { class: "sk-change-asked" }, [element("b", {}, ["With a change"]), model.get("change")])]
      : []),
    edit.node, hints.list, choice, late, problem,
    element("div", { class: "sk-row" }, [
      main, hints.ask, edit.toggle, models.open, element("span", { class: "sk-facts" }, [count, status]),
    ]),
    meter, early, models.panel, result.region, read,
  ]);
  el.append(box);

  let typed = false; // something was typed that the kernel has not saved
  let timer = null;
  let counter = null;
  let reading = false;
  let mine = false; // the answer that is being judged was submitted here

  const clock = new Clock(drafts.seconds(), showClock);
  const saving = new Saving(model, drafts, tab, {
    saved(text) {
      if (edit.value === text) typed = false;
      showState();
    },
    refused() {
      mine = saving.submitting;
      showState();
    },
    late: (is) => (late.hidden = !is),
    elsewhere(other, kind) {
      mine = false;
      showState();
      offer("This answer was changed in another tab or notebook meanwhile.", [
        ["Keep mine", () => {
          saving.base = other.revision;
          mine = kind === "submit";
          send(kind);
        }],
        ["Take the other one", () => take(other.text, other.revision)],
      ]);
    },
  });

  function send(kind) {
    clearTimeout(timer);
    timer = null;
    saving.send(kind, () => ({ text: edit.value, seconds: clock.seconds }));
    if (kind === "submit") showState();
  }
  function take(text, revision) {
    drafts.drop({ key: drafts.own });
    typed = false;
    saving.base = revision;
    edit.value = text;
    showCount();
    showState();
  }
  function offer(what, answers) {
    const buttons = answers.map(([label, action]) => {
      const each = pushButton(label);
      each.addEventListener("click", () => {
        choice.hidden = true;
        action();
        edit.words.focus();
      });
      return each;
    });
    choice.replaceChildren(element("span", {}, [what]), ...buttons);
    choice.hidden = false;
  }
  // What a closed tab or a restarted kernel left behind comes back, unless it would undo another.
  function restore() {
    const left = drafts.unsaved(model.get("text"));
    if (left === null || model.get("state") === "broken") return;
    const use = () => {
      arrange(false);
      edit.value = left.text;
      typed = true;
      showCount();
      send("draft");
    };
    if (left.base === saving.base) return use();
    offer(`This browser holds a draft of ${new Date(left.at).toLocaleString()} that was not saved.`, [
      ["Use it", use],
      ["Throw it away", () => drafts.drop(left)],
    ]);
  }

  function showCount() {
    clearTimeout(counter);
    counter = null;
    count.textContent = lengthText(edit.words.value);
  }
  function showClock() {
    const over = clock.seconds > model.get("minutes") * 60;
    time.textContent = `${clockText(clock.seconds)} of ${model.get("minutes")} min`;
    timeButton.classList.toggle("sk-over", over);
    timeButton.classList.toggle("sk-running", clock.running);
    timeButton.title = clock.running ? "Pause the clock" : "Start the clock";
    timeButton.setAttribute("aria-label", `${timeButton.title}: ${time.textContent}`);
    if (Math.floor(clock.seconds) % 5 === 0) drafts.keepSeconds(clock.seconds);
  }
  function showSaved() {
    if (typed || !saving.idle || edit.value === model.get("text")) {
      if (!typed && saving.idle) saving.base = model.get("revision");
      return;
    }
    take(model.get("text"), model.get("revision"));
  }
  function showState() {
    const state = model.get("state");
    const busy = state === "judging" || saving.submitting;
    status.textContent = busy ? JUDGING : typed && state !== "not saved" ? "" : STATES[state];
    setActive(main, !busy && state !== "broken");
    edit.readOnly(busy || state === "broken");
    box.dataset.state = busy ? "judging" : state;
    meter.hidden = state !== "judging" || early.childElementCount === 0;
    if (state !== "judging") early.replaceChildren();
    hints.show();
  }
  function arrange(toRead) {
    reading = toRead;
    box.classList.toggle("sk-reading", reading); // what only a writer needs is not shown
    main.textContent = reading ? "Try again" : "Submit";
    main.title = reading ? "Your text stays" : "Ctrl+Enter";
    main.classList.toggle("sk-main", !reading);
  }
  function showJudged() {
    const state = model.get("state");
    if (state === "judging") {
      read.textContent = JUDGING;
      saving.taken();
    }
    if (state === "judged" && !typed) {
      const within = box.contains(document.activeElement);
      result.show();
      arrange(true);
      read.textContent = model.get("summary");
      clock.reset();
      drafts.keepSeconds(0);
      if (mine && within) result.region.focus({ preventScroll: true });
    }
    if (state !== "judging") mine = saving.submitting; // it may still wait behind a draft
    showState();
  }
  function showProblem() {
    problem.textContent = model.get("message");
    problem.hidden = !model.get("message");
  }
  function received(message) {
    if (message.kind !== "verdict") return saving.received(message);
    const level = element("span", { class: `sk-level sk-${message.level}` }, [message.level]);
    early.append(element("li", {}, [level, ` ${message.asks} `, element("em", {}, [message.reason])]));
    meter.max = model.get("criteria");
    meter.value = early.childElementCount;
    meter.hidden = false;
    status.textContent = `${JUDGING} ${early.childElementCount} of ${meter.max}`;
  }
  function press() {
    if (!isActive(main)) return;
    if (reading) {
      arrange(false);
      edit.words.focus();
      return;
    }
    mine = true;
    clock.pause();
    send("submit");
  }
  function leave() {
    if (typed) drafts.keep(edit.value, saving.base);
    drafts.keepSeconds(clock.seconds);
  }

  edit.onInput(() => {
    typed = true;
    clock.start();
    drafts.keep(edit.value, saving.base);
    counter ??= setTimeout(showCount, COUNT_AFTER_MS);
    status.textContent = "";
    clearTimeout(timer);
    timer = setTimeout(() => send("draft"), SAVE_AFTER_MS);
  });
  edit.node.addEventListener("focusout", () => timer !== null && send("draft"));
  // JupyterLab would take plain keys for itself: Enter edits the cell, Shift+Enter runs it.
  box.addEventListener("keydown", (event) => {
    const command = event.ctrlKey || event.metaKey;
    if (event.key === "Enter" || !command) event.stopPropagation();
    if (event.key === "Enter" && command && !reading) {
      event.preventDefault();
      press();
    }
  });
  main.addEventListener("click", press);
  timeButton.addEventListener("click", () => (clock.running ? clock.pause() : clock.start()));
  addEventListener("pagehide", leave);

  model.on("change:revision", showSaved);
  model.on("change:state", showJudged);
  model.on("change:message", showProblem);
  model.on("change:hints", hints.show);
  model.on("change:model", models.show);
  model.on("change:model_answers", models.arrived);
  model.on("msg:custom", received);

  late.hidden = choice.hidden = meter.hidden = true;
  edit.value = model.get("text");
  for (const show of [showCount, showClock, showState, showProblem, result.show, models.show]) show();
  arrange(model.get("state") === "judged");
  restore();
  return () => {
    leave();
    if (timer !== null) send("draft");
    clearTimeout(counter);
    saving.stop();
    edit.stop();
    clock.pause();
    removeEventListener("pagehide", leave);
  };
}

export default { render };
