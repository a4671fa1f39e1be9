// How long an answer is, in words and spoken aloud.

const WORDS_A_MINUTE = 140; // an unhurried speaker

export function wordCount(text) {
  return (text.match(/\S+/g) || []).length;
}

export function spoken(words) {
  const minutes = words / WORDS_A_MINUTE;
  if (minutes < 0.9) return `~${Math.max(10, Math.round(minutes * 6) * 10)} s aloud`;
  const halves = Math.round(minutes * 2);
  return `~${Math.floor(halves / 2)}${halves % 2 ? "½" : ""} min aloud`;
}

export function lengthText(text) {
  const words = wordCount(text);
  if (words === 0) return "";
  return `${words} ${words === 1 ? "word" : "words"} · ${spoken(words)}`;
}
