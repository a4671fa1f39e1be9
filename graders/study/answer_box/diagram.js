// A Mermaid diagram, drawn by JupyterLab's own renderer: it comes with JupyterLab, so no network is
// needed, runs Mermaid at its strict level, and shows the drawing as a picture, in which no script
// runs. Elsewhere the diagram stays text.

const OPEN = "```mermaid\n";
const MERMAID = "text/vnd.mermaid";
const MARKDOWN = "text/markdown";

export const EXAMPLE = "flowchart LR\n  client --> api\n  api --> cache\n  api --> db[(database)]";

// An answer is one text: its words, then the diagram as Markdown writes it.
export function splitAnswer(whole) {
  const at = whole.lastIndexOf(OPEN);
  if (at < 0 || (at > 0 && whole[at - 1] !== "\n")) return [whole, ""];
  const rest = whole.slice(at + OPEN.length);
  const end = rest.indexOf("```");
  if (end < 0 || rest.slice(end + 3).trim()) return [whole, ""];
  return [whole.slice(0, at).replace(/\n+$/, ""), rest.slice(0, end).replace(/\n+$/, "")];
}

export function joinAnswer(words, diagram) {
  const source = diagram.replace(/```(mermaid)?/g, "").trim();
  return source ? `${words}\n\n${OPEN}${source}\n\`\`\`\n` : words;
}

function rendererFor(model, mimeType) {
  const registry = model.widget_manager?.rendermime;
  return registry?.mimeTypes?.includes(mimeType) ? registry.createRenderer(mimeType) : null;
}

async function rendered(model, mimeType, source) {
  const renderer = rendererFor(model, mimeType);
  if (renderer === null) return null;
  const data = { [mimeType]: source };
  await renderer.renderModel({ data, metadata: {}, trusted: false, setData() {} });
  return renderer.node;
}

// The drawing, or `{ problem }` in words.
export async function drawn(model, source) {
  try {
    const node = await rendered(model, MERMAID, source);
    if (node === null) return { problem: "Diagrams are drawn in JupyterLab; here it stays text." };
    const warning = node.matches(".jp-mod-warning") ? node : node.querySelector(".jp-mod-warning");
    if (warning) return { problem: warning.querySelector("pre")?.textContent || warning.textContent };
    for (const image of node.querySelectorAll("img")) {
      if (!image.alt) image.alt = "Diagram";
    }
    return { node };
  } catch (error) {
    return { problem: String(error?.message ?? error) };
  }
}

// Text of the bank as Markdown; as it is where there is no renderer.
export async function showMarkdown(model, host, source) {
  host.textContent = source;
  const node = await rendered(model, MARKDOWN, source).catch(() => null);
  if (node === null) return;
  host.classList.add("sk-markdown");
  host.replaceChildren(node);
}
