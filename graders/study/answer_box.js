// The page's side of AnswerBox: it shows what Python says and forwards what the learner types.
// Learner text is only ever put into the text area; `result` is made and escaped in Python, and
// early verdicts, which hold a model's words, are put in as text.

const SAVE_AFTER_MS = 700;
const WORDS_A_MINUTE = 140; // an unhurried speaker

const STATES = {
  ready: "",
  saved: "Saved",
  typing: "…",
  judging: "Reading your answer…",
  judged: "Saved and judged",
  "not saved": "Not saved",
  broken: "This box cannot be used",
};

function element(name, attributes = {}, children = []) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function spokenLength(text) {
  const count = (text.match(/\S+/g) || []).length;
  const seconds = Math.round((count / WORDS_A_MINUTE) * 60);
  const spoken = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return `${count} ${count === 1 ? "word" : "words"}, about ${spoken} spoken`;
}

function render({ model, el }) {
  const id = `sk-${Math.random().toString(36).slice(2)}`;
  const area = element("textarea", {
    id,
    class: "sk-area",
    rows: "12",
    spellcheck: "true",
    placeholder: "Answer as you would say it. Everything is saved while you type.",
  });
  const count = element("span", { class: "sk-count" });
  const status = element("span", { class: "sk-status", role: "status", "aria-live": "polite" });
  const problem = element("p", { class: "sk-note", role: "alert" });
  const button = element("button", { class: "sk-submit", type: "button" }, ["Submit"]);
  const early = element("ul", { class: "sk-early", "aria-live": "polite" });
  const result = element("div", { class: "sk-result", "aria-live": "polite" });
  const label = element("label", { for: id, class: "sk-question" });
  const box = element("div", { class: "sk-page sk-box" }, [
    label,
    area,
    element("div", { class: "sk-row" }, [button, count, status]),
    problem,
    early,
    result,
  ]);
  el.append(box);

  let timer = null;
  let typing = false;

  function send(kind) {
    clearTimeout(timer);
    timer = null;
    typing = false;
    model.send({ kind, text: area.value });
  }
  function showText() {
    // While the learner types, the page is ahead of the kernel.
    if (!typing && area.value !== model.get("text")) area.value = model.get("text");
    count.textContent = spokenLength(area.value);
  }
  function showState() {
    const state = model.get("state");
    status.textContent = STATES[state] ?? state;
    button.disabled = state === "judging" || state === "broken";
    area.readOnly = state === "broken";
    box.dataset.state = state;
    early.replaceChildren();
    result.hidden = state === "judging";
  }
  function showEarly(message) {
    if (message.kind !== "verdict") return;
    const level = element("span", { class: `sk-level sk-${message.level}` }, [message.level]);
    early.append(element("li", {}, [level, ` ${message.asks} `, element("em", {}, [message.reason])]));
    status.textContent = `${STATES.judging} ${early.children.length} done`;
  }
  function showProblem() {
    problem.textContent = model.get("message");
    problem.hidden = !model.get("message");
  }
  function showResult() {
    result.innerHTML = model.get("result");
  }
  function showQuestion() {
    label.textContent = model.get("prompt");
  }

  area.addEventListener("input", () => {
    typing = true;
    count.textContent = spokenLength(area.value);
    status.textContent = STATES.typing;
    clearTimeout(timer);
    timer = setTimeout(() => send("draft"), SAVE_AFTER_MS);
  });
  area.addEventListener("blur", () => timer !== null && send("draft"));
  // JupyterLab would take these keys for itself (Shift+Enter runs the cell, and so on).
  area.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (!button.disabled) button.click();
    }
  });
  button.addEventListener("click", () => {
    status.textContent = STATES.judging;
    send("submit");
  });
  button.title = "Ctrl+Enter";

  model.on("change:text", showText);
  model.on("change:state", showState);
  model.on("change:message", showProblem);
  model.on("change:result", showResult);
  model.on("msg:custom", showEarly);
  for (const show of [showQuestion, showText, showState, showProblem, showResult]) show();
  return () => {
    if (timer !== null) send("draft");
  };
}

export default { render };
