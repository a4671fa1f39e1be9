// Where the answer is written: words, and beside them a diagram that is drawn while one types.

import { element, pushButton } from "./element.js";
import { EXAMPLE, drawn, joinAnswer, splitAnswer } from "./diagram.js";

const DRAW_AFTER_MS = 300;

export function editor(model, labelledBy) {
  const words = element("textarea", {
    class: "sk-area", rows: "10", spellcheck: "true", "aria-labelledby": labelledBy,
    placeholder: "Answer as you would say it.",
  });
  const toggle = pushButton("Diagram", "quiet sk-writing", { "aria-expanded": "false" });
  const pane = element("div", { class: "sk-diagram" });
  const picture = element("div", { class: "sk-picture", "aria-live": "off" });
  const problem = element("p", { class: "sk-parse", role: "status" });
  let source = null; // the text area of the diagram, made when it is first wanted
  let onInput = () => {};
  let timer = null;
  let turn = 0;

  async function draw() {
    const mine = ++turn;
    const text = source.value.trim();
    const { node, problem: why } = text ? await drawn(model, text) : { node: "" };
    if (mine !== turn) return; // typed on meanwhile
    problem.textContent = (why ?? "").split("\n").slice(0, 3).join("\n");
    picture.classList.toggle("sk-stale", Boolean(why));
    if (why === undefined) picture.replaceChildren(node);
  }
  function open(shown) {
    if (shown && source === null) {
      source = element("textarea", {
        class: "sk-area sk-source", rows: "8", spellcheck: "false", placeholder: EXAMPLE,
        "aria-label": "Diagram in Mermaid",
      });
      source.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(draw, DRAW_AFTER_MS);
        onInput();
      });
      pane.append(source, element("div", { class: "sk-drawing" }, [picture, problem]));
    }
    pane.hidden = !shown;
    toggle.setAttribute("aria-expanded", String(shown));
  }
  toggle.title = "Draw with Mermaid beside your answer; it is handed in with it";
  toggle.addEventListener("click", () => {
    open(pane.hidden);
    if (!pane.hidden) source.focus();
  });
  words.addEventListener("input", () => onInput());
  open(false);

  return {
    words,
    toggle,
    node: element("div", { class: "sk-editor sk-writing" }, [words, pane]),
    onInput: (listener) => (onInput = listener),
    get value() {
      return joinAnswer(words.value, source?.value ?? "");
    },
    set value(whole) {
      const [text, diagram] = splitAnswer(whole);
      if (words.value !== text) words.value = text;
      if (diagram) open(true);
      if (source !== null && source.value !== diagram) {
        source.value = diagram;
        draw();
      }
    },
    readOnly(locked) {
      words.readOnly = locked;
      if (source !== null) source.readOnly = locked;
    },
    stop: () => clearTimeout(timer),
  };
}
