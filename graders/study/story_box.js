// The page's side of StoryBox: it shows what Python says and forwards what the learner does.
// `view` and `detail` are made and escaped in Python; learner text goes into form fields only.

import { element, pushButton } from "./answer_box/element.js";
import { lengthText } from "./answer_box/words.js";
import { Drafts } from "./answer_box/drafts.js";

const SAVE_AFTER_MS = 700;
const LATE_MS = 5000;
const LATE =
  "The kernel does not answer: it is busy, or was restarted. What you wrote is kept in this browser. " +
  "If this stays, run the cell again; your text will be there.";
const STORING = ["draft", "save", "new", "open", "use", "withdraw"]; // what keeps the form's words
const REPLACING = ["new", "open", "use", "withdraw"]; // after these another story stands in the form
const ARMED_AFTER_MS = 600; // a double click is no second thought
const FIELDS = ["title", "when", "employer", "text"];
const STATES = {
  ready: "",
  reading: "Reading your stories…",
  draft: "Draft saved",
  saved: "Story saved",
  typing: "…",
  keeping: "…",
  "not saved": "Not saved",
};

function labelled(text, field) {
  return element("label", {}, [text, field]);
}

function makeForm() {
  const fields = {
    title: element("input", { maxlength: "200", placeholder: "The argument about the event bus" }),
    when: element("input", { maxlength: "100", placeholder: "spring 2024" }),
    employer: element("input", { maxlength: "100", placeholder: "may stay empty" }),
    text: element("textarea", { maxlength: "20000", spellcheck: "true", placeholder: "As you would tell it. Everything is saved while you type, on this machine." }),
  };
  const save = element("button", { class: "sk-button", type: "button", title: "Ctrl+Enter" }, ["Save story"]);
  const fresh = element("button", { class: "sk-button sk-quiet", type: "button" }, ["New story"]);
  const withdraw = element("button", { class: "sk-button sk-quiet", type: "button" }, ["Take out of the bank"]);
  const count = element("span", { class: "sk-status" });
  const status = element("span", { class: "sk-status", role: "status", "aria-live": "polite" });
  const node = element("div", { role: "form", "aria-label": "One story" }, [
    element("div", { class: "sk-fields" }, [
      labelled("Title", fields.title),
      labelled("When", fields.when),
      labelled("Employer", fields.employer),
    ]),
    labelled("The story, in your own words", fields.text),
    element("div", { class: "sk-row" }, [save, fresh, withdraw, count, status]),
  ]);
  return { node, fields, save, fresh, withdraw, count, status };
}

function makeAim() {
  const company = element("select");
  const level = element("select");
  const node = element("div", { class: "sk-aim" }, [
    labelled("Hold against: company", company),
    labelled("level", level),
  ]);
  return { node, company, level };
}

function options(select, pairs, chosen) {
  select.replaceChildren(
    ...pairs.map(([value, text]) => element("option", { value }, [text])),
  );
  select.value = chosen;
}

function render({ model, el }) {
  const form = makeForm();
  const aim = makeAim();
  const problem = element("p", { class: "sk-note", role: "alert" });
  const late = element("p", { class: "sk-note", role: "alert" }, [LATE]);
  const left = element("div", { class: "sk-note sk-row", role: "alert" });
  const detail = element("div", { "aria-live": "polite" });
  const view = element("div", {});
  el.append(element("div", { class: "sk-page sk-stories" }, [form.node, left, late, problem, aim.node, detail, view]));

  const tab = Math.random().toString(36).slice(2);
  const drafts = new Drafts(`stories:${model.get("place")}`, tab);
  let story = ""; // whose words stand in the fields; only taking a form over changes it
  let timer = null;
  let waiting = null; // for the kernel's answer
  let sent = 0; // messages; the kernel answers them in this order
  let stored = 0; // the last one that keeps what is written
  let leaving = 0; // the one that puts another story into the form
  let used = {}; // the browser's draft that was asked for, and the message that asked
  let typing = false;
  let armed = 0;

  function written() {
    const values = { story_id: story };
    for (const name of FIELDS) values[name] = form.fields[name].value;
    return values;
  }
  function send(kind, more = {}) {
    clearTimeout(timer);
    timer = null;
    typing = false;
    sent += 1;
    if (STORING.includes(kind)) stored = sent;
    if (waiting === null) waiting = setTimeout(() => (late.hidden = false), LATE_MS);
    try {
      model.send({ kind, form: written(), tab, number: sent, ...more });
    } catch {
      late.hidden = false; // the way to a kernel that was restarted is closed
      return;
    }
    if (REPLACING.includes(kind)) lock(sent);
  }
  // Between two stories the fields take no words: they would be the one's and go to the other.
  function lock(number) {
    leaving = number;
    form.node.setAttribute("aria-busy", String(number > 0));
    for (const field of Object.values(form.fields)) field.readOnly = number > 0;
  }
  // Another story is asked for once; what stands in the form now is put aside by the kernel.
  function leave(kind, more = {}) {
    if (leaving) return;
    form.status.textContent = STATES.reading;
    send(kind, more);
    form.fields.title.focus({ preventScroll: kind !== "new" });
  }
  function answered() {
    const { tab: whose, number, well } = model.get("done");
    if (whose !== tab) return;
    late.hidden = true;
    clearTimeout(waiting);
    waiting = number < sent ? setTimeout(() => (late.hidden = false), LATE_MS) : null;
    if (number === leaving) lock(0); // refused: the form stays as it is
    if (number === used.number && well) {
      drafts.drop(used.draft);
      left.hidden = true;
    }
    if (number === stored && well && !typing) drafts.drop({ key: drafts.own });
  }
  function take(values) {
    story = values.story_id;
    for (const name of FIELDS) form.fields[name].value = values[name] || "";
    form.count.textContent = lengthText(form.fields.text.value);
  }
  // What a closed tab or a restarted kernel left behind, if the kernel does not have it.
  function restore() {
    const kept = drafts.unsaved(JSON.stringify(written()));
    let values = null;
    try {
      values = kept && JSON.parse(kept.text);
    } catch {
      drafts.drop(kept);
    }
    if (!values) return;
    const use = pushButton("Use it");
    const drop = pushButton("Throw it away");
    use.addEventListener("click", () => {
      leave("use", { draft: values });
      if (leaving) used = { draft: kept, number: leaving };
    });
    drop.addEventListener("click", () => {
      left.hidden = true;
      drafts.drop(kept);
      form.fields.text.focus();
    });
    const when = new Date(kept.at).toLocaleString();
    left.replaceChildren(`This browser holds a draft of ${when} that was not saved. `, use, drop);
    left.hidden = false;
  }
  function disarm() {
    armed = 0;
    form.withdraw.textContent = "Take out of the bank";
  }
  function showForm() {
    const values = model.get("form");
    const asked = leaving > 0 && values.tab === tab && values.number === leaving;
    // One's own words come back later than they were typed; another page's are news.
    const news = values.tab !== tab && !leaving && !typing;
    if (asked || news) take(values);
    if (asked) lock(0);
    if (values.story_id !== story) return;
    form.withdraw.hidden = !values.known;
    disarm();
  }
  function showState() {
    const state = model.get("state");
    // What was saved while one went on typing is not what stands there now.
    form.status.textContent = typing && state === "draft" ? STATES.typing : (STATES[state] ?? state);
  }
  function showProblem() {
    problem.textContent = model.get("message");
    problem.hidden = !model.get("message");
  }
  function showAim() {
    options(aim.company, Object.entries(model.get("companies")), model.get("company"));
    const levels = model.get("levels");
    const chosen = model.get("level");
    const all = levels.includes(chosen) ? levels : [...levels, chosen];
    options(aim.level, all.map((name) => [name, name]), chosen);
  }
  const showView = () => (view.innerHTML = model.get("view"));
  const showDetail = () => (detail.innerHTML = model.get("detail"));

  for (const field of Object.values(form.fields)) {
    field.addEventListener("input", () => {
      typing = true;
      drafts.keep(JSON.stringify(written()), "");
      form.count.textContent = lengthText(form.fields.text.value);
      form.status.textContent = STATES.typing;
      clearTimeout(timer);
      timer = setTimeout(() => send("draft"), SAVE_AFTER_MS);
    });
    field.addEventListener("blur", () => timer !== null && send("draft"));
  }
  // JupyterLab would take keys for itself (Shift+Enter runs the cell, and so on).
  el.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.save.click();
    }
    // A key that is held down presses once.
    if (event.repeat && event.target.closest("button")) event.preventDefault();
  });
  // Saving twice is saving once: the story has its name before it is saved.
  form.save.addEventListener("click", () => {
    if (leaving) return; // what is left is put aside anyhow
    form.status.textContent = STATES.reading;
    send("save");
  });
  form.fresh.addEventListener("click", () => leave("new"));
  form.withdraw.addEventListener("click", () => {
    if (!armed) {
      armed = Date.now();
      form.withdraw.textContent = "Really take it out?";
    } else if (Date.now() - armed >= ARMED_AFTER_MS) leave("withdraw");
  });
  aim.company.addEventListener("change", () => send("aim", { company: aim.company.value, level: "senior" }));
  aim.level.addEventListener("change", () => send("aim", { company: aim.company.value, level: aim.level.value }));
  view.addEventListener("click", (event) => {
    const link = event.target.closest("[data-story]");
    if (!link) return;
    leave("open", { story: link.dataset.story });
    form.node.scrollIntoView({ block: "nearest" });
  });

  model.on("change:form", showForm);
  model.on("change:done", answered);
  model.on("change:state", showState);
  model.on("change:message", showProblem);
  for (const name of ["companies", "levels", "company", "level"]) model.on(`change:${name}`, showAim);
  model.on("change:view", showView);
  model.on("change:detail", showDetail);
  for (const show of [showForm, showState, showProblem, showAim, showView, showDetail]) show();
  late.hidden = left.hidden = true;
  restore();
  return () => {
    if (timer !== null) send("draft");
    clearTimeout(waiting);
  };
}

export default { render };
