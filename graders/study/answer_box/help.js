// What helps: the hint ladder, and the model answer after an attempt. Taking either is recorded.

import { element, isActive, pushButton, setActive } from "./element.js";
import { showMarkdown } from "./diagram.js";

const LEVELS = ["mid", "senior", "staff"];

export function hintLadder(model, forward) {
  const ask = pushButton("Hint", "quiet sk-writing");
  const list = element("ol", { class: "sk-hints", "aria-label": "Hints taken" });
  const said = element("p", { class: "sk-read", role: "status" });
  let shown = null;

  function show() {
    const hints = model.get("hints");
    const left = model.get("ladder") - hints.length;
    ask.textContent = left > 0 ? `Hint (${left} left)` : "No more hints";
    ask.hidden = model.get("ladder") === 0;
    setActive(ask, left > 0 && model.get("state") !== "broken");
    list.replaceChildren(...hints.map((hint) => element("li", {}, [hint])));
    list.hidden = hints.length === 0;
    // Read aloud what is new, not what was there when the box appeared.
    if (shown !== null && hints.length > shown) said.textContent = `Hint: ${hints.at(-1)}`;
    shown = hints.length;
  }
  ask.title = "A hint helps a little; that you took it is recorded";
  ask.addEventListener("click", () => isActive(ask) && forward("hint", { seen: shown }));
  return { ask, list: element("div", { class: "sk-writing" }, [list, said]), show };
}

export function modelAnswer(model, forward) {
  const open = pushButton("Model answer", "quiet", { "aria-expanded": "false" });
  const text = element("div", { class: "sk-model-text", tabindex: "0", role: "region" });
  const choice = element("div", { class: "sk-choose", role: "group", "aria-label": "Level" });
  const panel = element("section", { class: "sk-model", "aria-label": "Model answer" }, [choice, text]);
  panel.hidden = true;
  let level = "senior";

  const buttons = LEVELS.map((name) => {
    const each = pushButton(name, "pick");
    each.addEventListener("click", () => {
      level = name;
      showText();
    });
    return each;
  });
  choice.append(element("h4", {}, ["A model answer at"]), ...buttons);

  function showText() {
    buttons.forEach((each) => each.setAttribute("aria-pressed", String(each.textContent === level)));
    text.setAttribute("aria-label", `Model answer at ${level}`);
    showMarkdown(model, text, model.get("model_answers")[level] ?? "");
  }
  function toggle(shown) {
    panel.hidden = !shown;
    open.setAttribute("aria-expanded", String(shown));
  }
  function show() {
    const state = model.get("model");
    open.hidden = state === "none";
    setActive(open, state === "ready" || state === "open");
    open.title = isActive(open)
      ? "Opening it is recorded: the next answer of the day is no longer cold"
      : "Opens after your first attempt";
  }
  function arrived() {
    if (!model.get("model_answers")[level]) return;
    showText();
    toggle(true);
  }
  open.addEventListener("click", () => {
    if (!isActive(open)) return;
    if (!panel.hidden) return toggle(false);
    forward("model");
    arrived(); // at once if it was opened before; else when the kernel sends it
  });
  return { open, panel, show, arrived };
}
