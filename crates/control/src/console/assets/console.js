// Makes the console more comfortable. Everything it does can be done without it, but passkeys.
//
// It builds no markup from text: new pieces of a page come from the same origin as whole
// documents, parsed without running anything, and are moved over as nodes.
"use strict";

const root = document.documentElement;
root.classList.add("script");

// The chosen theme applies before anything is drawn; "system" is none.
const THEMES = ["system", "light", "dark"];
function themed() {
  try { return localStorage.getItem("portcullis-theme") || "system"; } catch { return "system"; }
}
function wear(theme) {
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  else delete root.dataset.theme;
  for (const at of document.querySelectorAll("[data-theme-name]")) at.textContent = theme;
}
wear(themed());

function say(words) {
  const at = document.getElementById("announce");
  if (at) at.textContent = words;
}

// Live pieces: <section id="x" data-live="/stream"> is fetched anew when the stream says so.
const lives = new Map();
function fetched(url) {
  return new Promise((resolve, reject) => {
    const ask = new XMLHttpRequest();
    ask.open("GET", url);
    ask.responseType = "document";
    ask.timeout = 15000;
    ask.onload = () => (ask.status === 200 && ask.response ? resolve(ask.response) : reject(new Error(String(ask.status))));
    ask.onerror = ask.ontimeout = () => reject(new Error("away"));
    ask.send();
  });
}
function isBusy(piece) {
  const focused = document.activeElement;
  const writes = focused && piece.contains(focused) && focused.matches("input, textarea, select");
  const typed = Array.from(piece.querySelectorAll("textarea, input.input"), (field) => field.value !== field.defaultValue).includes(true);
  return Boolean(writes || typed || document.querySelector("dialog[open]") || String(getSelection()).trim() !== "");
}
async function refresh(id) {
  const piece = document.getElementById(id);
  if (!piece) return;
  if (document.hidden || isBusy(piece)) { later(id, 3000); return; }
  try {
    const page = await fetched(piece.dataset.from || location.href);
    const next = page.getElementById(id);
    // A page without the piece is the sign-in page or an error: the old one stays, and says so.
    if (!next) throw new Error("gone");
    const kept = new Set(Array.from(piece.querySelectorAll("[data-key]"), (row) => row.dataset.key));
    const fresh = Array.from(next.querySelectorAll("[data-key]")).filter((row) => !kept.has(row.dataset.key));
    for (const row of fresh) row.dataset.fresh = "";
    const key = document.activeElement?.closest("[data-key]")?.dataset.key;
    const open = Array.from(piece.querySelectorAll("details[open][id]"), (one) => one.id);
    piece.replaceWith(document.adoptNode(next));
    for (const one of open) document.getElementById(one)?.setAttribute("open", "");
    if (key) document.querySelector(`[data-key="${CSS.escape(key)}"] a`)?.focus({ preventScroll: true });
    if (fresh.length) say(fresh.length === 1 ? "1 new entry" : `${fresh.length} new entries`);
    state("live");
  } catch { state("stale"); }
}
function later(id, wait) {
  clearTimeout(lives.get(id));
  lives.set(id, setTimeout(() => refresh(id), wait));
}
function state(name) {
  for (const at of document.querySelectorAll("[data-live-state]")) {
    at.textContent = name === "live" ? "Live" : "Not up to date: reload the page";
    at.dataset.liveState = name;
  }
}
function listen() {
  const streams = new Map();
  for (const piece of document.querySelectorAll("[data-live][id]")) {
    const url = piece.dataset.live;
    if (!streams.has(url)) streams.set(url, new EventSource(url));
    const stream = streams.get(url);
    const id = piece.id;
    const changed = () => later(id, 400);
    stream.addEventListener("changed", changed);
    stream.onopen = () => state("live");
    stream.onerror = () => state("stale");
  }
}

// Keys: j and k walk a list, a and r reach the two answers; nothing is decided by one key.
function rows() { return Array.from(document.querySelectorAll("[data-key]")); }
function walk(step) {
  const all = rows();
  if (!all.length) return;
  const now = all.findIndex((row) => row.classList.contains("chosen") || row.contains(document.activeElement));
  const next = all[Math.min(Math.max(now + step, 0), all.length - 1)];
  for (const row of all) row.classList.toggle("chosen", row === next);
  next.querySelector("a, button")?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}
const KEYS = {
  j: () => walk(1),
  k: () => walk(-1),
  a: () => document.querySelector("[data-key-target=approve]")?.focus(),
  r: () => document.querySelector("[data-key-target=reject]")?.focus(),
  "/": () => document.querySelector("[data-key-target=search]")?.focus(),
  "?": () => document.getElementById("keys")?.showModal(),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest?.("input, textarea, select, dialog, [contenteditable]")) return;
  const deed = KEYS[event.key];
  if (deed) { event.preventDefault(); deed(); }
});

// A form that asks first: <form data-confirm="…">. Without <dialog> it is sent as it is.
let asked = null;
function ask(form, button) {
  const dialog = document.getElementById("sure");
  if (!dialog?.showModal) return false;
  dialog.querySelector("[data-words]").textContent = form.dataset.confirm;
  asked = { form, button };
  dialog.returnValue = "";
  dialog.showModal();
  return true;
}
function answered(dialog) {
  const was = asked;
  asked = null;
  if (!was || dialog.returnValue !== "yes") return;
  was.form.dataset.sure = "yes";
  was.form.requestSubmit(was.button || undefined);
}

// Passkeys: the options come from the server in data-options, the result goes back in a field.
function bytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
}
function text(buffer) {
  const plain = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
function options(json) {
  const given = JSON.parse(json);
  const wish = given.publicKey || given;
  const ids = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));
  const read = { ...wish, challenge: bytes(wish.challenge) };
  if (wish.user) read.user = { ...wish.user, id: bytes(wish.user.id) };
  if (wish.allowCredentials) read.allowCredentials = ids(wish.allowCredentials);
  if (wish.excludeCredentials) read.excludeCredentials = ids(wish.excludeCredentials);
  return { publicKey: read };
}
function written(credential) {
  const from = credential.response;
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (from[name]) response[name] = text(from[name]);
  }
  if (from.getTransports) response.transports = from.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  });
}
async function ceremony(form, button) {
  const note = form.querySelector("[data-note]");
  if (note) note.textContent = "Waiting for your passkey…";
  try {
    const wish = options(form.dataset.options);
    const found = form.dataset.passkey === "create" ? await navigator.credentials.create(wish) : await navigator.credentials.get(wish);
    form.elements.credential.value = written(found);
    if (note) note.textContent = "";
    form.requestSubmit(button || undefined);
  } catch (fault) {
    delete form.dataset.sure;
    const stopped = fault instanceof DOMException && fault.name === "NotAllowedError";
    if (note) note.textContent = stopped ? "The passkey was not used. Nothing was sent; try again." : "This browser could not use a passkey here. Nothing was sent.";
  }
}
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.confirm && form.dataset.sure !== "yes" && ask(form, event.submitter)) { event.preventDefault(); return; }
  if (form.dataset.passkey && !form.elements.credential.value) { event.preventDefault(); ceremony(form, event.submitter); return; }
  // A form is sent once: a second press of the button sends nothing.
  if (form.getAttribute("method") === "post") {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
  }
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) { delete form.dataset.sent; delete form.dataset.sure; if (form.elements.credential) form.elements.credential.value = ""; }
});

document.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    const from = document.getElementById(copy.dataset.copy);
    try { await navigator.clipboard.writeText(from.dataset.text ?? from.textContent); say("Copied"); copy.dataset.done = ""; } catch { say("Could not copy"); }
  }
  if (event.target.closest("[data-theme-next]")) {
    const next = THEMES[(THEMES.indexOf(themed()) + 1) % THEMES.length];
    try { localStorage.setItem("portcullis-theme", next); } catch { /* it lasts until the next page */ }
    wear(next);
    say(`Theme: ${next}`);
  }
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
});

// Times in words grow old: they are said again every half minute.
const STEPS = [[60, 1, "s"], [3600, 60, "min"], [86400, 3600, "h"], [Infinity, 86400, "d"]];
function spoken(seconds) {
  const far = Math.abs(seconds);
  if (far < 5) return "now";
  const [, unit, name] = STEPS.find(([most]) => far < most);
  const amount = `${Math.floor(far / unit)} ${name}`;
  return seconds < 0 ? `in ${amount}` : `${amount} ago`;
}
function retell() {
  for (const at of document.querySelectorAll("time[data-ago]")) {
    const age = (Date.now() - Date.parse(at.dateTime)) / 1000;
    if (Number.isFinite(age)) at.textContent = spoken(age);
  }
}

document.addEventListener("DOMContentLoaded", () => {
  wear(themed());
  document.getElementById("sure")?.addEventListener("close", (event) => answered(event.target));
  listen();
  setInterval(retell, 30000);
});
