// The page's side of ReviewBox: an answer, what the judge found in it, and a person's mark.
// Every word of a learner, a judge or a colleague is put in as text.

import { element, isActive, pushButton, setActive } from "../study/answer_box/element.js";

const LATE_MS = 8000;
const LATE = "The kernel does not answer: it is busy, or was restarted. If this stays, run the cell again; what was saved is saved.";
const AFTERWARDS = "What you wrote or chose after you gave the last mark is not in it. Undo brings that answer back, with what you wrote.";
const MARKS = ["accept", "change", "give"];

function choice(levels, chosen, label) {
  const select = element("select", { "aria-label": label });
  if (!chosen) select.append(element("option", { value: "" }, ["no level"]));
  for (const level of levels) {
    const option = element("option", { value: level }, [level]);
    option.selected = level === chosen;
    select.append(option);
  }
  return select;
}

function answerView(item) {
  const pane = element("div", {
    class: "sk-answer", tabindex: "0", role: "region", "aria-label": "The answer",
  });
  for (const passage of item.passages) {
    if (!passage.criteria.length) {
      pane.append(passage.text);
      continue;
    }
    const numbers = passage.criteria.map((number) => number + 1).join(", ");
    const classes = passage.criteria.map((number) => `sk-m${number}`).join(" ");
    pane.append(
      element("mark", { class: `sk-quoted ${classes}`, title: `Criterion ${numbers}` }, [
        passage.text, element("sup", {}, [numbers]),
      ]),
    );
  }
  if (!item.passages.some((passage) => passage.text.trim())) {
    pane.append(element("i", {}, ["blank"]));
  }
  return pane;
}

// The messages that the kernel has not answered, and how long they have waited. It answers in
// order, so an answer settles whatever was sent before it, also what an interrupted kernel dropped.
class UnderWay {
  constructor(showLate) {
    this.showLate = showLate;
    this.messages = [];
    this.isLate = false;
    this.timer = null;
  }
  add(id, kind) {
    this.messages.push({ id, kind });
    if (this.timer === null) this.wait();
  }
  wait() {
    this.timer = setTimeout(() => this.late(), LATE_MS);
  }
  late() {
    this.stop();
    this.isLate = true;
    this.showLate();
  }
  settle(id) {
    const place = this.messages.findIndex((one) => one.id === id);
    if (place < 0) return; // another view of the box has sent it
    this.messages.splice(0, place + 1);
    this.stop();
    this.isLate = false;
    if (this.messages.length) this.wait();
  }
  stop() {
    clearTimeout(this.timer);
    this.timer = null;
  }
}

function render({ model, el }) {
  const head = element("p", { class: "sk-kicker" });
  const why = element("div");
  const prompt = element("p", { class: "sk-prompt" });
  const panes = element("div", { class: "sk-review-panes" });
  const foreseen = element("p", { class: "sk-foreseen", role: "status" });
  const comment = element("textarea", { rows: "3", "aria-label": "Comment for the learner", maxlength: "10000", placeholder: "Comment for the learner" });
  const kept = element("select", { "aria-label": "Insert a kept comment" });
  const buttons = {
    accept: pushButton("Accept the mark", "main"),
    change: pushButton("Give these levels", "main"),
    give: pushButton("Give these points", "main"),
    keep: pushButton("Keep the comment for reuse"),
    skip: pushButton("Skip"),
    undo: pushButton("Undo"),
  };
  const points = element("input", { type: "number", step: "0.25", min: "0", "aria-label": "Points" });
  const problem = element("p", { class: "sk-note", role: "alert" });
  const tally = element("p", { class: "sk-tally", role: "status", tabindex: "-1" });
  const marking = element("div", { class: "sk-marking" }, [
    foreseen, comment, kept, points,
    element("div", { class: "sk-row" }, Object.values(buttons)),
  ]);
  el.append(
    element("div", { class: "sk-page sk-review" }, [head, why, prompt, panes, marking, problem, tally]),
  );
  const underWay = new UnderWay(showRest);
  const drafts = new Map(); // place of an answer -> what was entered for it and may be wanted again
  let selects = new Map();
  let shown = {}; // the item that the fields below belong to
  let given = null; // what the last mark of it was given with
  let note = "";
  let pressed; // version of the answer at which the mouse went down

  function levels() {
    return Object.fromEntries([...selects].map(([id, select]) => [id, select.value]));
  }
  function changedLevels() {
    const changed = shown.criteria.filter((one) => selects.get(one.id).value !== one.level);
    return changed.map((one) => [one.id, selects.get(one.id).value]);
  }
  function isChanged() {
    return changedLevels().length > 0;
  }
  function shownPoints() {
    return shown.points === null ? "" : String(shown.points);
  }
  // Only what differs from the answer as it came: a level that nobody touched stays the judge's.
  function entered() {
    const changed = points.value !== shownPoints();
    return { comment: comment.value, levels: changedLevels(), points: changed ? points.value : null };
  }
  // Nothing waits here for an answer: Python obeys in order, and a message once. Undo names the
  // mark, by its number; all others name the answer as it was shown.
  function send(kind, more = {}) {
    const message = { kind, seen: shown.seen, comment: comment.value, ...more };
    try {
      if (kind === "foresee") return model.send(message); // nobody waits for it
      const id = Math.random().toString(36).slice(2);
      model.send({ ...message, id });
      underWay.add(id, kind);
    } catch {
      underWay.late(); // the way to a kernel that was restarted is closed
    }
  }
  function isMarked() {
    return underWay.messages.some((one) => MARKS.includes(one.kind));
  }
  function give(kind, more = {}) {
    // Of two for one answer only the first is obeyed.
    if (!isMarked()) given = { done: model.get("done"), entered: JSON.stringify(entered()) };
    send(kind, more);
  }
  function undo() {
    send("undo", { done: model.get("done") + Number(isMarked()) });
  }
  function criteriaView(item) {
    selects = new Map();
    const rows = item.criteria.map((one, number) => {
      const select = choice(model.get("levels"), one.level, `Level: ${one.asks}`);
      selects.set(one.id, select);
      select.addEventListener("change", chosen);
      const row = element("li", {}, [
        select, element("span", { class: "sk-asks" }, [one.asks]),
        element("span", { class: "sk-dimension" }, [one.reason]),
      ]);
      for (const [event, on] of [["mouseenter", true], ["focusin", true], ["mouseleave", false], ["focusout", false]]) {
        row.addEventListener(event, () => {
          for (const mark of panes.querySelectorAll(`.sk-m${number}`)) mark.classList.toggle("sk-lit", on);
        });
      }
      return row;
    });
    return element("ol", { class: "sk-levels" }, rows);
  }
  function chosen() {
    setActive(buttons.change, isChanged());
    send("foresee", { levels: levels() });
  }
  function show() {
    const item = (shown = model.get("item"));
    const over = item.cell === undefined;
    for (const part of [head, why, prompt, panes]) part.hidden = over;
    for (const [name, button] of Object.entries(buttons)) button.hidden = over && name !== "undo";
    for (const part of [foreseen, comment, points]) part.hidden = over;
    if (over) return;
    const standing = item.blind ? `worth ${item.max_points}` : item.points === null ? "no mark yet" : `${item.points} of ${item.max_points} points`;
    head.textContent = [item.cell, item.blind ? "second mark" : item.student, standing].join(" · ");
    why.replaceChildren(
      ...item.why.map((text) => element("p", { class: "sk-note" }, [text])),
      ...(item.appeal ? [element("blockquote", {}, [item.appeal])] : []),
      ...item.marks.map((text) => element("p", { class: "sk-mark-before" }, [text])),
    );
    prompt.textContent = item.prompt;
    panes.replaceChildren(answerView(item), ...(item.criteria.length ? [criteriaView(item)] : []));
    const rubric = item.criteria.length > 0;
    points.hidden = rubric;
    points.max = String(item.max_points);
    buttons.accept.hidden = !item.acceptable;
    buttons.change.hidden = !rubric;
    buttons.give.hidden = rubric;
    fill(drafts.get(item.place) ?? { comment: "", levels: [], points: null });
    setActive(buttons.change, item.blind || isChanged());
  }
  function fill(draft) {
    comment.value = draft.comment;
    points.value = draft.points ?? shownPoints();
    for (const [id, level] of draft.levels) {
      if (selects.has(id)) selects.get(id).value = level; // unless the rubric is another one by now
    }
    // A forecast would take away what Python says of the answer.
    if (isChanged() && !model.get("message")) send("foresee", { levels: levels() });
  }
  function turn() {
    const had = el.contains(document.activeElement);
    note = "";
    if (shown.place) {
      drafts.set(shown.place, entered());
      const later = given !== null && given.entered !== JSON.stringify(entered());
      if (later && model.get("done") > given.done) note = AFTERWARDS;
    }
    given = null;
    show();
    showKept();
    showRest();
    // Away from the button and the comment: what is pressed or typed now was meant for the answer
    // before. Whoever works elsewhere in the notebook by now is left there.
    if (had) tally.focus({ preventScroll: true });
  }
  function showKept() {
    const first = element("option", { value: "" }, ["Kept comments …"]);
    kept.replaceChildren(first, ...model.get("kept").map((text) => element("option", { value: text }, [text])));
    kept.hidden = shown.cell === undefined || model.get("kept").length === 0;
  }
  function showRest() {
    foreseen.textContent = model.get("foreseen");
    problem.textContent = underWay.isLate ? LATE : model.get("message") || note;
    problem.hidden = !problem.textContent;
    const failed = model.get("failed").length ? ` Could not be graded at all: ${model.get("failed").join("; ")}` : "";
    tally.textContent = `${model.get("done")} reviewed, ${model.get("left")} left.${failed}`;
  }
  // A click belongs to the answer at which it began: the second half of a double click, or a
  // button that is let go late, must not mark the next answer, which nobody has read.
  function onPress(name, act) {
    buttons[name].addEventListener("click", (event) => {
      if (!event.pointerType || pressed === shown.seen) act(); // a key acts at once
    });
  }

  marking.addEventListener("mousedown", (event) => {
    if (event.detail !== 2) pressed = shown.seen;
  });
  onPress("accept", () => give("accept"));
  onPress("change", () => isActive(buttons.change) && give("change", { levels: levels() }));
  onPress("give", () => give("give", { points: points.value === "" ? null : Number(points.value) }));
  onPress("keep", () => send("keep"));
  onPress("skip", () => send("skip"));
  onPress("undo", undo);
  kept.addEventListener("change", () => {
    comment.value = [comment.value.trim(), kept.value].filter(Boolean).join(" ");
    kept.value = "";
    comment.focus();
  });
  // JupyterLab would take plain keys for itself: Enter edits the cell or, with Ctrl, runs it anew
  // and throws the box away; letters are commands.
  el.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || !(event.ctrlKey || event.metaKey)) event.stopPropagation();
  });
  model.on("change:item", turn);
  model.on("change:kept", showKept);
  model.on("change:answered", () => {
    underWay.settle(model.get("answered"));
    showRest();
  });
  for (const name of ["foreseen", "message", "done", "left", "failed"]) model.on(`change:${name}`, showRest);
  show();
  showKept();
  showRest();
  return () => underWay.stop();
}

export default { render };
