// What the page does beyond plain HTML: live updates that move nothing, keys,
// and forms that answer in place. Without it every form and link still works.
"use strict";

const offset = Number(document.body.dataset.now) - Date.now(); // the server's clock is the one that counts

// --- Bringing the page up to date without rebuilding it ---------------------

// morph makes a node like another one, keeping what is the same, what has the
// focus, and what people opened or typed.
function morph(old, next) {
  if (old.isEqualNode(next) || old.dataset?.load) return; // what is loaded is brought up to date by itself
  if (old.nodeType !== 1 || old.nodeName !== next.nodeName) return old.replaceWith(next);
  if (old.matches("form") && inHand(old)) return;
  for (const { name } of [...old.attributes]) {
    if (!next.hasAttribute(name) && !(name === "open")) old.removeAttribute(name);
  }
  for (const { name, value } of next.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  children(old, next);
}

function children(old, next) {
  const byID = new Map([...old.children].filter((c) => c.id).map((c) => [c.id, c]));
  let at = old.firstChild;
  for (const wanted of [...next.childNodes]) {
    const known = wanted.id && byID.get(wanted.id);
    if (known && known !== at) old.insertBefore(known, at);
    if (known) {
      at = known.nextSibling;
      morph(known, wanted);
    } else if (at && !at.id && !wanted.id && at.nodeName === wanted.nodeName) {
      const here = at;
      at = at.nextSibling;
      morph(here, wanted);
    } else {
      old.insertBefore(wanted, at);
    }
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

// A form in somebody's hands stays as it was read, as a whole: what it shows and
// the version that goes with it must not part, or one would overwrite another's.
const touched = new WeakSet(); // forms that people filled in
const inHand = (form) => touched.has(form) || (form.contains(document.activeElement) && document.activeElement.matches("input, textarea, select"));
document.addEventListener("input", (e) => e.target.form && touched.add(e.target.form));
document.addEventListener("reset", (e) => touched.delete(e.target));

// show puts a page that was fetched in place of this one. Rows that somebody is
// pointing at or working on do not move: they wait until that is over.
function show(text, mine) {
  const next = new DOMParser().parseFromString(text, "text/html");
  const focus = document.activeElement && document.activeElement.id;
  for (const list of document.querySelectorAll("[data-hold]")) {
    const wanted = next.getElementById(list.id);
    if (!mine && wanted && busy(list) && rowsOf(list) !== rowsOf(wanted)) {
      wanted.replaceWith(list.cloneNode(true));
      hold(next.getElementById(list.id), list);
    }
  }
  // What was done, and its undo, stay until their time is over.
  if (!mine) next.getElementById("done")?.replaceWith(document.getElementById("done").cloneNode(true));
  document.title = next.title;
  morph(document.querySelector("main"), next.querySelector("main"));
  load();
  if (focus && document.activeElement === document.body) document.getElementById(focus)?.focus();
  tick();
}

const busy = (list) => list.matches(":hover") || list.contains(document.activeElement);
const rowsOf = (list) => [...list.querySelectorAll("[data-row]")].map((r) => r.id).join(" ");

function hold(copy, list) {
  const line = copy.querySelector(".list-head .meta"); // takes no more room than what it said
  if (line.classList.contains("held")) return;
  line.classList.add("held");
  line.textContent = "New ones wait until you leave the list.";
  const leave = () => {
    if (busy(list)) return;
    list.removeEventListener("pointerleave", leave);
    list.removeEventListener("focusout", later);
    refresh();
  };
  const later = () => setTimeout(leave);
  list.addEventListener("pointerleave", leave);
  list.addEventListener("focusout", later);
}

// load fills in the parts that the page leaves for later and that are open: a
// part of another page.
async function load() {
  for (const place of document.querySelectorAll("[data-load]")) {
    if (!place.closest("details:not([open])")) await fill(place);
  }
}
async function fill(place) {
  const [page, part] = place.dataset.load.split(" ");
  const answer = await fetch(page, { headers: { Accept: "text/html" } }).catch(() => null);
  const found = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(part);
  if (!found) return; // the link to that page stays
  if (place.firstElementChild?.matches(part)) morph(place.firstElementChild, found);
  else place.replaceChildren(found);
}
load();

// unfold opens what is loaded for it once it is there, so that what follows moves
// once; what takes longer opens with the link to it.
async function unfold(details) {
  const places = details.open ? [] : [...details.querySelectorAll("[data-load]")];
  if (places.length) await Promise.race([Promise.all(places.map(fill)), new Promise((done) => setTimeout(done, 400))]);
  details.open = !details.open;
}
document.addEventListener("click", (e) => {
  const details = e.target.closest("summary")?.parentElement;
  if (!details?.querySelector("[data-load]")) return;
  e.preventDefault();
  unfold(details);
});

let asking = false, again = false;
async function refresh() {
  if (asking) return void (again = true);
  asking = true;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.ok && !answer.redirected) show(await answer.text(), false);
  } catch { /* the stream says that we are cut off */ }
  asking = false;
  if (again) {
    again = false;
    setTimeout(refresh, 1000);
  }
}

// --- The stream of changes ---------------------------------------------------

const topic = document.body.dataset.live;
let stream = null, was = "";
function listen() {
  stream = new EventSource("/live?topic=" + encodeURIComponent(topic));
  stream.addEventListener("ready", () => {
    say("on", "live");
    refresh(); // something may have changed since the page was made
  });
  stream.addEventListener("changed", () => setTimeout(refresh, Math.random() * 700));
  stream.addEventListener("error", () => {
    say("off", "not live since " + new Date(Date.now() + offset).toISOString().slice(11, 16) + " UTC; trying again");
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => { if (!document.hidden && stream.readyState === EventSource.CLOSED) listen(); }, 4000); // the browser has given up
  });
}
function say(state, text) {
  if (was === state) return;
  was = state;
  const sign = document.getElementById("stream");
  sign.className = "stream " + state;
  sign.textContent = text;
}
if (topic) {
  listen();
  // A hidden page needs no stream: browsers allow only six to one server.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      stream.close();
    } else if (stream.readyState === EventSource.CLOSED) {
      listen();
    }
  });
}

// --- Times -------------------------------------------------------------------

function away(seconds) {
  const s = Math.abs(seconds), m = Math.floor(s / 60), h = Math.floor(m / 60);
  if (s < 60) return "just now";
  const long = h < 1 ? m + " min" : h < 48 ? h + " h " + (m % 60) + " min" : Math.floor(h / 24) + " days";
  return seconds > 0 ? "in " + long : long + " ago";
}
function tick() {
  for (const t of document.querySelectorAll("time[data-ago]")) {
    const text = away((Date.parse(t.dateTime) - Date.now() - offset) / 1000);
    if (t.textContent !== text) t.textContent = text;
  }
}
setInterval(tick, 10000);

// --- Forms that answer in place ----------------------------------------------

// The forms of tickets, follow-ups and references. Others lead to a page.
document.addEventListener("submit", async (e) => {
  const form = e.target;
  if (form.method !== "post" || !form.closest("[data-row], .follow-up, .bulk, #references, #done")) return;
  e.preventDefault();
  const body = new URLSearchParams(new FormData(form, e.submitter));
  const row = form.closest("[data-row], .follow-up");
  const after = row && (row.nextElementSibling || row.previousElementSibling)?.id;
  // form.action would be the button of that name, where there is one.
  const answer = await fetch(form.getAttribute("action"), { method: "POST", body, headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer) return tell("Nothing was saved: there is no connection.");
  const text = await answer.text();
  if (!answer.ok) {
    refresh(); // it is no longer as it was shown
    return tell(new DOMParser().parseFromString(text, "text/html").querySelector("main p")?.textContent ?? answer.statusText);
  }
  const url = new URL(answer.url);
  if (url.pathname !== location.pathname) return location.assign(url);
  form.reset(); // it is in nobody's hands any more
  show(text, true);
  history.replaceState(null, "", bare(url));
  if (after) document.getElementById(after)?.focus();
  fade();
});

// tell says what went wrong, where what was done is said too.
function tell(text) {
  const line = document.createElement("div");
  line.className = "done";
  line.textContent = text;
  document.getElementById("done").replaceChildren(line);
  fade();
}

let fading = 0;
function fade() {
  clearTimeout(fading);
  fading = setTimeout(() => document.getElementById("done").replaceChildren(), 30000);
}

// bare is an address without what was done: opening it again does not tell it again.
function bare(url) {
  for (const name of ["done", "n", "at"]) url.searchParams.delete(name);
  return url;
}
if (new URLSearchParams(location.search).has("done")) {
  history.replaceState(null, "", bare(new URL(location.href)));
  fade();
}

// --- Keys --------------------------------------------------------------------

const rows = () => [...document.querySelectorAll("[data-row]")];
const current = () => document.activeElement?.closest("[data-row]");
function move(by) {
  const all = rows(), here = all.indexOf(current());
  const to = all[here < 0 ? 0 : Math.min(Math.max(here + by, 0), all.length - 1)];
  to?.focus({ preventScroll: true });
  to?.scrollIntoView({ block: "nearest" });
}
const press = (scope, key) => scope?.querySelector(`[data-key="${key}"]`)?.click();
const keys = {
  j: () => move(1),
  k: () => move(-1),
  y: () => press(current(), "y"),
  n: () => press(current(), "n"),
  u: () => press(document.getElementById("done"), "u"),
  o: () => current()?.querySelector("a")?.click(),
  e: () => { const why = current()?.querySelector("details"); if (why) unfold(why); },
  "?": () => { const help = document.getElementById("keys"); if (help) { help.open = !help.open; help.querySelector("summary").focus(); } },
  Escape: () => { document.getElementById("keys")?.removeAttribute("open"); if (document.activeElement.matches(".explain")) document.activeElement.blur(); },
};
document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || !keys[e.key]) return;
  if (e.target.matches("input, textarea, select") && e.key !== "Escape") return;
  if (e.key !== "Escape") e.preventDefault();
  keys[e.key]();
});

// --- Panels and the plot -------------------------------------------------------

function open(id) {
  const panel = document.getElementById(id);
  if (panel?.matches("details")) {
    panel.open = true;
    panel.querySelector("input:not([type=hidden]), textarea")?.focus();
  }
}
document.addEventListener("click", (e) => {
  const opener = e.target.closest("[data-opens]");
  if (opener) {
    e.preventDefault(); // going to the fragment would take the focus away again
    open(opener.dataset.opens);
  }
  const area = e.target.closest(".plot-area"), field = document.getElementById("start-at");
  if (area && field) moveStart(area, field, e.clientX);
});
open(location.hash.slice(1));

// moveStart previews the start where the plot was clicked, to the minute.
function moveStart(area, field, x) {
  const box = area.getBoundingClientRect(), { from, to } = area.dataset;
  const at = Number(from) + ((x - box.left) / box.width) * (to - from);
  field.value = new Date(Math.round(at / 60) * 60000).toISOString().slice(0, 16);
  field.form.requestSubmit();
}
