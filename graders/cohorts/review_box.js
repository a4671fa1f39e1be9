// The page's side of ReviewBox: an answer, what the judge found in it, and a person's mark.
// Every word of a learner, a judge or a colleague is put in as text.

import { element, isActive, pushButton, setActive } from "../study/answer_box/element.js";

const LATE_MS = 8000;
const LATE = "The kernel does not answer: it is busy, or was restarted. If this stays, run the cell again; what was saved is saved.";

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
  let selects = new Map();
  let waiting = null;

  function levels() {
    return Object.fromEntries([...selects].map(([id, select]) => [id, select.value]));
  }
  function isChanged() {
    return model.get("item").criteria.some((one) => selects.get(one.id).value !== one.level);
  }
  function send(kind, more = {}) {
    if (waiting !== null && kind !== "foresee") return;
    if (kind !== "foresee") waiting = setTimeout(noAnswer, LATE_MS);
    try {
      model.send({ kind, seen: model.get("item").seen, comment: comment.value, ...more });
    } catch {
      noAnswer(); // the way to a kernel that was restarted is closed
    }
  }
  function noAnswer() {
    clearTimeout(waiting);
    waiting = null;
    problem.textContent = LATE;
    problem.hidden = false;
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
    const item = model.get("item");
    const over = item.cell === undefined;
    for (const part of [head, why, prompt, panes, marking]) part.hidden = over;
    marking.hidden = false;
    for (const [name, button] of Object.entries(buttons)) button.hidden = over && name !== "undo";
    for (const part of [foreseen, comment, kept, points]) part.hidden = over;
    if (over) return;
    const mark = item.blind ? `worth ${item.max_points}` : item.points === null ? "no mark yet" : `${item.points} of ${item.max_points} points`;
    head.textContent = [item.cell, item.blind ? "second mark" : item.student, mark].join(" · ");
    why.replaceChildren(
      ...item.why.map((text) => element("p", { class: "sk-note" }, [text])),
      ...(item.appeal ? [element("blockquote", {}, [item.appeal])] : []),
      ...item.marks.map((text) => element("p", { class: "sk-mark-before" }, [text])),
    );
    prompt.textContent = item.prompt;
    panes.replaceChildren(answerView(item), ...(item.criteria.length ? [criteriaView(item)] : []));
    comment.value = "";
    const rubric = item.criteria.length > 0;
    points.hidden = rubric;
    points.max = String(item.max_points);
    points.value = item.points === null ? "" : String(item.points);
    buttons.accept.hidden = !item.acceptable;
    buttons.change.hidden = !rubric;
    buttons.give.hidden = rubric;
    setActive(buttons.change, item.blind || isChanged());
  }
  function showRest() {
    const first = element("option", { value: "" }, ["Kept comments …"]);
    kept.replaceChildren(first, ...model.get("kept").map((text) => element("option", { value: text }, [text])));
    kept.hidden = model.get("item").cell === undefined || model.get("kept").length === 0;
    foreseen.textContent = model.get("foreseen");
    problem.textContent = model.get("message");
    problem.hidden = !model.get("message");
    const failed = model.get("failed").length ? ` Could not be graded at all: ${model.get("failed").join("; ")}` : "";
    tally.textContent = `${model.get("done")} reviewed, ${model.get("left")} left.${failed}`;
  }
  function answered() {
    clearTimeout(waiting);
    waiting = null;
    showRest();
  }

  for (const name of ["accept", "skip", "keep", "undo"]) {
    buttons[name].addEventListener("click", () => send(name));
  }
  buttons.change.addEventListener("click", () => {
    if (isActive(buttons.change)) send("change", { levels: levels() });
  });
  buttons.give.addEventListener("click", () => {
    send("give", { points: points.value === "" ? null : Number(points.value) });
  });
  kept.addEventListener("change", () => {
    comment.value = [comment.value.trim(), kept.value].filter(Boolean).join(" ");
    kept.value = "";
    comment.focus();
  });
  // JupyterLab would take plain keys for itself: Enter edits the cell, letters are commands.
  el.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey)) event.stopPropagation();
  });
  model.on("change:item", () => {
    show();
    tally.focus({ preventScroll: true });
  });
  model.on("change:answers", answered);
  for (const name of ["kept", "foreseen", "message", "done", "left"]) model.on(`change:${name}`, showRest);
  show();
  showRest();
  return () => clearTimeout(waiting);
}

export default { render };
