// The page's side of DrillBox: a number, a decision, what came of it, the next one.
// Tasks and results are put in as text.

import { element, pushButton } from "./answer_box/element.js";

const LATE_MS = 5000;
const LATE = "The kernel does not answer: it is busy, or was restarted. If this stays, run the cell again; the game goes on where it was.";
const VERDICTS = { right: "Right order of magnitude", wrong: "Not yet", unread: "No number in it" };

function render({ model, el }) {
  const id = `sk-drill-${Math.random().toString(36).slice(2)}`;
  const place = element("p", { class: "sk-kicker" });
  const facts = element("p", { class: "sk-given" });
  const asks = element("p", { class: "sk-asks", id });
  const answer = element("input", { "aria-labelledby": id, maxlength: "200", autocomplete: "off", placeholder: "such as 30 TB/day" });
  const decision = element("legend");
  const options = element("div", { class: "sk-options" });
  const choices = element("fieldset", {}, [decision, options]);
  const submit = pushButton("Answer", "main", { title: "Enter" });
  const said = element("div", { class: "sk-said", role: "status", tabindex: "-1" });
  const problem = element("p", { class: "sk-note", role: "alert" });
  const tally = element("p", { class: "sk-tally" });
  const form = element("form", {}, [place, facts, asks, answer, choices, submit]);
  el.append(element("div", { class: "sk-page sk-drill" }, [said, form, problem, tally]));

  let begun = performance.now();
  let waiting = null;

  function showTask() {
    const task = model.get("task");
    form.hidden = !task.asks;
    if (!task.asks) return;
    place.textContent = `${model.get("number")} of ${model.get("count")} · ${task.family.replaceAll("-", " ")}`;
    facts.textContent = task.facts;
    asks.textContent = task.asks;
    decision.textContent = `Then: ${task.decision}`;
    options.replaceChildren(
      ...task.options.map((text, place) => {
        const radio = element("input", { type: "radio", name: id, value: String(place + 1) });
        return element("label", {}, [radio, element("span", {}, [text])]);
      }),
    );
    answer.value = "";
    begun = performance.now();
  }
  function showSaid() {
    const lines = model.get("said");
    said.hidden = lines.length === 0;
    said.dataset.verdict = model.get("verdict");
    said.replaceChildren(
      element("b", {}, [VERDICTS[model.get("verdict")] ?? ""]),
      ...lines.map((line) => element("p", {}, [line])),
    );
  }
  function showRest() {
    problem.textContent = model.get("message");
    problem.hidden = !model.get("message");
    const over = !model.get("task").asks;
    tally.textContent = `${over ? "Today" : "So far"}: ${model.get("tally")}.${over ? " Ten others come tomorrow." : ""}`;
  }
  function send(event) {
    event.preventDefault();
    if (waiting !== null) return;
    // A second click, or Enter held: it would replace the working of the drill just answered.
    if (!answer.value.trim()) return answer.focus();
    const chosen = options.querySelector("input:checked");
    waiting = setTimeout(noAnswer, LATE_MS);
    try {
      model.send({
        kind: "answer", number: model.get("number"), text: answer.value, option: chosen ? Number(chosen.value) : null,
        seconds: Math.round((performance.now() - begun) / 100) / 10,
      });
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
  function answered() {
    clearTimeout(waiting);
    waiting = null;
    showSaid();
    showRest();
    (form.hidden ? said : answer).focus({ preventScroll: true });
  }

  form.addEventListener("submit", send);
  submit.type = "submit";
  // JupyterLab would take plain keys for itself: Enter edits the cell, letters are commands.
  el.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || !(event.ctrlKey || event.metaKey)) event.stopPropagation();
  });
  model.on("change:task", showTask);
  model.on("change:answers", answered);
  for (const show of [showTask, showSaid, showRest]) show();
  return () => clearTimeout(waiting);
}

export default { render };
