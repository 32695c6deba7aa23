// The overview: asks /api/status each second while somebody looks, and shows it.

import * as format from "./format.js";
import { LineChart, drawSpark } from "./chart.js";
import { startLogs, showLogs } from "./logs.js";
import { session } from "./session.js";

const find = id => document.getElementById(id);
const make = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

const columns = ["eventsIn", "eventsOut", "bytesIn", "bytesOut", "queueBytes", "ackP99", "bulkP99", "cpuCores", "residentBytes"];
const mostPoints = 600;
const history = Object.fromEntries(["unixSeconds", ...columns].map(column => [column, []]));

const throughput = new LineChart(find("throughput"), format.count, "Events received and indexed a second, the last ten minutes");
const latency = new LineChart(find("latency"), format.latency, "Ninety-ninth percentile of acknowledgement and bulk request, the last ten minutes");

const at = (report, path) => path.split(".").reduce((value, key) => value?.[key], report);

const showValues = report => {
  for (const shown of document.querySelectorAll("[data-value]")) {
    const value = at(report, shown.dataset.value);
    const text = (format[shown.dataset.format] ?? String)(value);
    if (shown.textContent !== text) shown.textContent = text;
    if (shown.dataset.bad) shown.classList.toggle("bad", value > 0);
  }
};

const showHeadline = report => {
  const { forward, queue, indexing, ledger } = report;
  const behind = queue.oldestEventAgeSeconds;
  find("hero").dataset.status = report.status;
  find("headline").textContent =
    report.status === "unavailable" ? "Logs can’t be taken right now."
    : report.status === "degraded" ? `Logs are taken; ${report.problems.length === 1 ? "one thing needs" : `${report.problems.length} things need`} attention.`
    : ledger?.received === 0 ? "Ready, and waiting for the first logs."
    : "Everything flows.";
  find("subline").textContent = !ledger ? "The queue is not open yet; senders keep their logs until it is."
    : ledger.received === 0
    ? "Point a Fluent Bit forward output at this host; what it sends appears here at once."
    : `${format.count(forward.eventsPerSecond)} events/s in, ${format.count(indexing.eventsPerSecond)} out. `
      + (queue.events === 0 ? "Nothing waits." : `${format.count(queue.events)} wait on disk, the oldest for ${format.duration(behind)}.`);
  document.title = report.status === "ok" ? "AuraLogs" : `● AuraLogs: ${report.status}`;
};

const showProblems = report => {
  find("problems").replaceChildren(...report.problems.map(problem => make("li", { className: problem.stopsIntake ? "stops" : "" },
    make("code", { textContent: problem.code }),
    make("span", { textContent: problem.sentence }),
    make("time", { dateTime: problem.since, title: problem.since, textContent: `for ${format.duration(format.since(problem.since))}` }))));
  find("past-card").hidden = report.pastProblems.length === 0;
  find("past").replaceChildren(...report.pastProblems.slice(0, 10).map(problem => make("li", {},
    make("code", { textContent: problem.code }),
    make("span", { textContent: problem.sentence }),
    make("time", { dateTime: problem.until, title: `${problem.since} to ${problem.until}`,
      textContent: `${format.ago(problem.until)}, for ${format.duration((Date.parse(problem.until) - Date.parse(problem.since)) / 1000)}` }))));
};

const accounts = { indexed: "Indexed", duplicates: "Duplicates", deadLettered: "Dead letters", quarantined: "Quarantined", queued: "Queued" };

const showLedger = ({ ledger }) => {
  find("ledger-card").hidden = !ledger; // until the queue is open
  if (!ledger) return;
  const bar = find("ledger-bar"), list = find("accounts");
  if (!list.children.length) {
    for (const [account, name] of Object.entries(accounts)) {
      bar.append(make("span", { className: `a-${account}` }));
      list.append(make("div", { className: `a-${account}` }, make("dt", { textContent: name }), make("dd")));
    }
  }
  Object.keys(accounts).forEach((account, i) => {
    bar.children[i].style.flexGrow = ledger[account];
    bar.children[i].classList.toggle("some", ledger[account] > 0);
    list.children[i].lastChild.textContent = format.exact(ledger[account]);
  });
  const difference = ledger.received - Object.keys(accounts).reduce((sum, account) => sum + ledger[account], 0);
  find("balance").className = difference === 0 ? "aside good" : "aside bad";
  find("balance").textContent = difference === 0 ? "✓ balances, every event accounted for" : `off by ${format.exact(difference)}`;
};

const showLifecycle = ({ lifecycle }) => {
  const resources = Object.entries(lifecycle.inSync);
  const off = resources.filter(([, inSync]) => !inSync).length;
  const state = find("lifecycle-state");
  state.className = !lifecycle.enabled || !resources.length ? "aside" : off ? "aside bad" : "aside good";
  state.textContent = !lifecycle.enabled ? "not managed" : !resources.length ? "not checked yet" : off ? `${off} not as it should be` : "✓ as it should be";
  find("resources").replaceChildren(...resources.map(([name, inSync]) =>
    make("li", { className: inSync ? "" : "off", textContent: name.replaceAll("_", " ") })));
};

const showClients = report => {
  find("no-clients").hidden = report.clients.length > 0;
  find("clients").hidden = report.clients.length === 0;
  find("clients-note").textContent = report.forward.connections > report.clients.length ? `the busiest ${report.clients.length} of ${report.forward.connections}` : "";
  find("clients").tBodies[0].replaceChildren(...report.clients.map(client => make("tr", {},
    make("td", { textContent: client.address }),
    make("td", { textContent: format.ago(client.connectedAt) }),
    make("td", { className: "n", textContent: format.count(client.events) }),
    make("td", { className: "n", textContent: format.bytes(client.bytes) }),
    make("td", { className: "n", textContent: client.lastFrameAt ? format.ago(client.lastFrameAt) : "none yet" }))));
};

const article = kind => `${/^[aeio]/.test(kind) ? "an" : "a"} ${kind}`;

const reasonOf = conflict => {
  const senders = conflict.senders.map(sender => `${article(sender.value)} in ${sender.name}`).join(", ");
  switch (conflict.reason) {
    case "FieldLimit": return `the index has no room for more fields; ${senders}`;
    case "Depth": return `nested too deep; ${senders}`;
    case "Name": return `no field can have this name; ${senders}`;
    default: return conflict.mappedAs ? `${senders}; the index has ${article(conflict.mappedAs)}` : senders;
  }
};

const showConflicts = ({ conflicts }) => {
  find("conflicts-card").hidden = conflicts.length === 0;
  find("conflicts").tBodies[0].replaceChildren(...conflicts.slice(0, 20).map(conflict => make("tr", {},
    make("td", {}, make("code", { textContent: conflict.field || "(empty)" })),
    make("td", { textContent: conflict.index }),
    make("td", { textContent: reasonOf(conflict) }),
    make("td", { className: "n", textContent: format.exact(conflict.count) }),
    make("td", { className: "n", textContent: format.ago(conflict.last) }))));
};

const showElasticsearch = ({ elasticsearch, queue }) => {
  find("elasticsearch-kind").textContent = elasticsearch.isLocal ? "local, in this process" : elasticsearch.nodes.map(node => node.replace(/^https?:\/\//, "")).join(", ");
  const share = queue.maxBytes ? Math.min(1, queue.diskBytes / queue.maxBytes) : 0;
  const fill = find("fill");
  fill.firstElementChild.style.width = `${share * 100}%`;
  fill.classList.toggle("high", share > 0.8);
  fill.setAttribute("aria-valuenow", Math.round(share * 100));
};

const addHistory = more => {
  for (const column of Object.keys(history)) {
    history[column].push(...more[column]);
    history[column].splice(0, history[column].length - mostPoints);
  }
};

const showHistory = () => {
  drawSpark(find("spark-in"), history.eventsIn);
  drawSpark(find("spark-queue"), history.queueBytes);
  drawSpark(find("spark-out"), history.eventsOut);
  throughput.draw(history.unixSeconds, [
    { name: "received", tone: "in", values: history.eventsIn, area: true },
    { name: "indexed", tone: "out", values: history.eventsOut }]);
  latency.draw(history.unixSeconds, [
    { name: "ack", tone: "in", values: history.ackP99 },
    { name: "bulk", tone: "out", values: history.bulkP99 }]);
};

const getJson = async address => {
  const answer = await fetch(address, { signal: AbortSignal.timeout(5000) });
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}`);
  return answer.json();
};

const refresh = async () => {
  const last = history.unixSeconds.at(-1) ?? 0;
  const [report, more] = await Promise.all([getJson("/api/status"), getJson(`/api/status/history?after=${last}`)]);
  format.setNow(report.now);
  addHistory(more);
  for (const show of [showValues, showHeadline, showProblems, showLedger, showLifecycle, showClients, showConflicts, showElasticsearch]) show(report);
  if (!find("overview").hidden) showHistory();
};

const run = async () => {
  for (;;) {
    if (document.hidden) await new Promise(seen => document.addEventListener("visibilitychange", seen, { once: true }));
    try {
      await refresh();
    } catch {
      find("hero").dataset.status = "lost";
      find("headline").textContent = "AuraLogs does not answer.";
      find("subline").textContent = "What is below is the last that it said. Asking again every second.";
    }
    await new Promise(done => setTimeout(done, 1000));
  }
};

const themes = { system: "as the system", light: "light", dark: "dark" };
const setTheme = theme => {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  find("theme-name").textContent = `Colours: ${themes[theme]}`;
  try { localStorage.setItem("theme", theme); } catch { /* private windows may refuse; the choice then lasts until the page is closed */ }
};
const storedTheme = () => {
  try { return localStorage.getItem("theme"); } catch { return null; }
};
find("theme").addEventListener("click", () => {
  const names = Object.keys(themes);
  setTheme(names[(names.indexOf(document.documentElement.dataset.theme ?? "system") + 1) % names.length]);
});
if (storedTheme() in themes) setTheme(storedTheme());

const showView = () => {
  const name = location.hash === "#logs" ? "logs" : "overview";
  for (const link of document.querySelectorAll("[data-view]")) {
    if (link.dataset.view === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    find(link.dataset.view).hidden = link.dataset.view !== name;
  }
  if (name === "logs") showLogs();
};
addEventListener("hashchange", showView);
addEventListener("resize", () => { if (!find("overview").hidden) showHistory(); });

const showNavigation = async () => { find("views").hidden = !(await session()).servesLogs; };

startLogs();
showView();
showNavigation().catch(() => { /* the overview says that nobody answers, and a reload asks again */ });
run();
