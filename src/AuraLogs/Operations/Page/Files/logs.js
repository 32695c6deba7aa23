// The logs view: a histogram, a search, the fields, and what arrives while somebody looks.
// It asks /api/logs/..., which asks the local Elasticsearch.

import * as format from "./format.js";
import { drawBars, element } from "./chart.js";
import { askForToken } from "./session.js";

const find = id => document.getElementById(id);
const pageSize = 100;
const mostShown = 500;
const tailPause = 1500;
const messageFields = ["log", "message", "msg", "event.original"];
const sourceFields = ["kubernetes.pod_name", "kubernetes.container_name", "service", "app", "host", "stream"];
const levelFields = ["level", "severity", "log_level", "log.level"];

let filters = [];      // [{ name, field (of the exact values), value }]
let picked;            // [from, to] in milliseconds, when a bar was chosen
let tailing = false;
let shownIds = new Set();
let request = 0;

const ask = async (address, parameters) => {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== undefined && value !== ""));
  const answer = await fetch(`${address}?${query}`, { signal: AbortSignal.timeout(20000) });
  const body = await answer.json();
  if (answer.status === 401) askForToken(body.reason, search);
  if (!answer.ok) throw new Error(body.reason ?? `${address} answered ${answer.status}`);
  return body;
};

const quote = value => `"${String(value).replace(/["\\]/g, "\\$&")}"`;
const scope = () => {
  const words = [find("query").value.trim(), ...filters.map(({ field, value }) => `${field}:${quote(value)}`)].filter(Boolean);
  const seconds = Number(find("range").value);
  const [from, to] = picked ?? (seconds ? [Date.now() - seconds * 1000, undefined] : []);
  return { q: words.map(word => words.length > 1 ? `(${word})` : word).join(" AND "), from: from && Math.round(from), to };
};

// { a: { b: 1 } } as [["a.b", "1"]]
const flatten = (value, path = "", found = []) => {
  if (value && typeof value === "object" && !Array.isArray(value)) {
    for (const [key, inner] of Object.entries(value)) flatten(inner, path ? `${path}.${key}` : key, found);
  } else {
    found.push([path, typeof value === "string" ? value : JSON.stringify(value)]);
  }
  return found;
};

const first = (fields, names) => names.map(name => fields.get(name)).find(Boolean) ?? "";

const hitElement = (hit, fresh) => {
  const pairs = flatten(hit.source), fields = new Map(pairs);
  const text = first(fields, messageFields) || pairs.filter(([key]) => key !== "@timestamp").map(([key, value]) => `${key}=${value}`).join(" ");
  const level = first(fields, levelFields).toLowerCase() || (/\b(error|fatal|panic)\b/i.exec(text.slice(0, 120)) ? "error" : /\bwarn(ing)?\b/i.exec(text.slice(0, 120)) ? "warn" : "");
  const item = document.createElement("li");
  item.className = "hit" + (/^(err|fatal|crit|panic)/.test(level) ? " error" : /^warn/.test(level) ? " warn" : "") + (fresh ? " fresh" : "");
  const line = document.createElement("button");
  line.type = "button";
  line.setAttribute("aria-expanded", "false");
  const cell = (name, className, content) => Object.assign(document.createElement(name), { className, textContent: content });
  const time = cell("time", "", String(fields.get("@timestamp") ?? "").replace("T", " ").slice(0, 23));
  line.append(time, cell("span", "from", first(fields, sourceFields)), cell("span", "text", text.trimEnd()));
  line.addEventListener("click", () => {
    const open = item.querySelector("dl");
    line.setAttribute("aria-expanded", String(!open));
    if (open) { open.remove(); return; }
    const list = document.createElement("dl");
    for (const [key, value] of [["_index", hit.index], ["_id", hit.id], ...pairs]) {
      const row = document.createElement("div");
      row.append(cell("dt", "", key), cell("dd", "", value));
      list.append(row);
    }
    item.append(list);
  });
  item.append(line);
  return item;
};

const showFailure = error => {
  find("found").textContent = `The search failed: ${error.message}`;
  find("bucket").textContent = "";
};

const showHistogram = answer => {
  drawBars(find("histogram"), answer.buckets, answer.intervalMilliseconds, (from, to) => { picked = [from, to - 1]; search(); });
  find("found").textContent = `${format.exact(answer.total)} ${answer.total === 1 ? "event" : "events"}`;
  find("bucket").textContent = answer.buckets.length ? `a bar is ${format.duration(answer.intervalMilliseconds / 1000)}` : "";
};

const search = async () => {
  const mine = ++request;
  try {
    const answer = await ask("/api/logs/search", { ...scope(), size: pageSize });
    if (mine !== request) return;
    showFilters();
    showHistogram(answer);
    shownIds = new Set(answer.hits.map(hit => hit.id));
    find("hits").replaceChildren(...answer.hits.map(hit => hitElement(hit, false)));
    find("no-hits").hidden = answer.hits.length > 0;
    await loadFields();
  } catch (error) {
    if (mine === request) showFailure(error);
  }
};

const showFilters = () => {
  const chips = filters.map((filter, i) => [`${filter.name}: ${filter.value}`, () => filters.splice(i, 1)]);
  if (picked) chips.push([`${new Date(picked[0]).toLocaleTimeString()} to ${new Date(picked[1] + 1).toLocaleTimeString()}`, () => { picked = undefined; }]);
  find("filters").replaceChildren(...chips.map(([text, remove]) => {
    const chip = Object.assign(document.createElement("button"), { type: "button", textContent: `${text}  ✕`, title: "Remove" });
    chip.addEventListener("click", () => { remove(); search(); });
    return chip;
  }));
};

const loadFields = async () => {
  const open = find("fields").querySelector("button[aria-expanded=true]")?.dataset.field;
  const { fields } = await ask("/api/logs/fields", {});
  find("fields").replaceChildren(...fields.map(field => {
    const item = document.createElement("li");
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: field.name });
    button.dataset.field = field.name;
    button.prepend(Object.assign(document.createElement("span"), { className: "type", textContent: field.type }));
    button.setAttribute("aria-expanded", "false");
    button.disabled = !field.exact;
    button.addEventListener("click", () => toggleValues(item, button, field));
    item.append(button);
    if (field.name === open) toggleValues(item, button, field);
    return item;
  }));
};

const toggleValues = async (item, button, field) => {
  const open = item.querySelector(".values");
  button.setAttribute("aria-expanded", String(!open));
  if (open) { open.remove(); return; }
  const list = Object.assign(document.createElement("ul"), { className: "values" });
  item.append(list);
  try {
    const { values } = await ask("/api/logs/values", { ...scope(), field: field.exact });
    const most = Math.max(1, ...values.map(value => value.count));
    list.replaceChildren(...values.map(value => {
      const row = document.createElement("li");
      const pick = Object.assign(document.createElement("button"), { type: "button", textContent: value.value });
      const bar = element("svg", { "aria-hidden": "true", preserveAspectRatio: "none", viewBox: "0 0 100 10" });
      bar.append(element("rect", { width: 100 * value.count / most, height: 10 }));
      pick.prepend(Object.assign(document.createElement("i"), { textContent: format.count(value.count) }));
      pick.append(bar);
      pick.addEventListener("click", () => { filters.push({ name: field.name, field: field.exact, value: value.value }); search(); });
      row.append(pick);
      return row;
    }));
    if (!values.length) list.append(Object.assign(document.createElement("li"), { className: "empty", textContent: "no values here" }));
  } catch (error) {
    list.append(Object.assign(document.createElement("li"), { className: "empty", textContent: error.message }));
  }
};

const tail = async () => {
  while (tailing) {
    if (!document.hidden && !find("logs").hidden) {
      const mine = request;
      try {
        const answer = await ask("/api/logs/search", { ...scope(), size: pageSize });
        if (mine === request) {
          const fresh = answer.hits.filter(hit => !shownIds.has(hit.id));
          for (const hit of fresh) shownIds.add(hit.id);
          find("hits").prepend(...fresh.map(hit => hitElement(hit, true)));
          while (find("hits").children.length > mostShown) find("hits").lastElementChild.remove();
          find("no-hits").hidden = find("hits").children.length > 0;
          showHistogram(answer);
        }
      } catch (error) {
        showFailure(error);
      }
    }
    await new Promise(done => setTimeout(done, tailPause));
  }
};

export const startLogs = () => {
  find("search").addEventListener("submit", event => { event.preventDefault(); search(); });
  find("range").addEventListener("change", () => { picked = undefined; search(); });
  find("tail").addEventListener("click", () => {
    tailing = !tailing;
    find("tail").setAttribute("aria-pressed", String(tailing));
    if (tailing) { picked = undefined; search().then(tail); }
  });
};

export const showLogs = () => { search(); };
