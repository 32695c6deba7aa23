// Curves in SVG. A series is an array of numbers, null where nothing happened; the last one is now.

const svgNamespace = "http://www.w3.org/2000/svg";
const left = 52, right = 6, top = 8, bottom = 22;
const mostPoints = 300;

export const element = (name, attributes = {}, text) => {
  const made = document.createElementNS(svgNamespace, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
};

// The least of 1, 2, 2.5, 5 times a power of ten that is not below the value.
export const ceiling = value => {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * [1, 2, 2.5, 5, 10].find(step => step * power >= value * 0.999);
};

// Means of neighbours, so that at most so many points remain; gaps stay gaps.
const thin = (values, most) => {
  const size = Math.ceil(values.length / most);
  if (size < 2) return values;
  const means = [];
  // Groups end at the newest value, so that a group changes only by leaving at the left.
  for (let end = values.length; end > 0; end -= size) {
    const group = values.slice(Math.max(0, end - size), end).filter(value => value != null);
    means.unshift(group.length ? group.reduce((sum, value) => sum + value, 0) / group.length : null);
  }
  return means;
};

// Runs of values that are there; null leaves a gap.
const linePath = (values, x, y) => {
  let path = "", pen = "M";
  values.forEach((value, i) => {
    if (value == null) { pen = "M"; return; }
    path += `${pen}${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = "L";
  });
  return path;
};

export const drawSpark = (svg, values) => {
  const width = svg.clientWidth || 300, height = svg.clientHeight || 46;
  values = thin(values, 150);
  const most = Math.max(1e-9, ...values.map(value => value ?? 0));
  const step = width / Math.max(1, values.length - 1);
  const line = linePath(values, i => i * step, value => height - 1.5 - value / most * (height - 4));
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren(
    element("path", { class: "area", d: line && `${line}L${width} ${height}L0 ${height}Z` }),
    element("path", { class: "stroke", d: line }));
};

// series: [{ name, tone, values, area }]; times: Unix seconds; format: of a value.
export class LineChart {
  constructor(host, format, label) {
    this.host = host;
    this.format = format;
    this.svg = element("svg", { role: "img", "aria-label": label });
    this.tip = Object.assign(document.createElement("div"), { className: "tip", hidden: true });
    host.append(this.svg, this.tip);
    host.addEventListener("pointermove", event => { this.pointer = event.clientX - host.getBoundingClientRect().left; this.drawCursor(); });
    host.addEventListener("pointerleave", () => { this.pointer = undefined; this.drawCursor(); });
  }

  draw(times, series) {
    const width = this.host.clientWidth, height = this.host.clientHeight;
    if (!width) return;
    this.times = thin(times, mostPoints);
    this.series = series.map(one => ({ ...one, values: thin(one.values, mostPoints) }));
    ({ times, series } = this);
    const most = ceiling(Math.max(0, ...series.flatMap(one => one.values.map(value => value ?? 0))));
    const points = Math.max(2, times.length);
    this.x = i => left + (width - left - right) * i / (points - 1);
    this.y = value => top + (height - top - bottom) * (1 - value / most);
    const children = [];
    for (const share of [0, 0.5, 1]) {
      const y = Math.round(this.y(most * share)) + 0.5;
      children.push(element("line", { class: "rule", x1: left, x2: width - right, y1: y, y2: y }));
      children.push(element("text", { x: left - 8, y: y + 4, "text-anchor": "end" }, this.format(most * share)));
    }
    const span = times.length > 1 ? times[times.length - 1] - times[0] : 0;
    for (const [share, anchor] of [[0, "start"], [0.5, "middle"], [1, "end"]]) {
      const seconds = Math.round(span * (1 - share));
      const text = share === 1 ? "now" : seconds >= 90 ? `${Math.round(seconds / 60)} min ago` : `${seconds} s ago`;
      if (share < 1 && span < 20) continue;
      children.push(element("text", { x: left + (width - left - right) * share, y: height - 4, "text-anchor": anchor }, text));
    }
    for (const one of series) {
      const group = element("g", { class: one.tone });
      const line = linePath(one.values, this.x, this.y);
      if (one.area && line) group.append(element("path", { class: "area", d: `${line}L${this.x(one.values.length - 1)} ${this.y(0)}L${this.x(0)} ${this.y(0)}Z` }));
      group.append(element("path", { class: "stroke", d: line }));
      children.push(group);
    }
    this.cursor = element("g");
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.svg.replaceChildren(...children, this.cursor);
    this.drawCursor();
  }

  drawCursor() {
    if (!this.cursor) return;
    this.cursor.replaceChildren();
    this.tip.hidden = this.pointer === undefined || !this.times.length;
    if (this.tip.hidden) return;
    const width = this.host.clientWidth;
    const share = (this.pointer - left) / (width - left - right);
    const i = Math.min(this.times.length - 1, Math.max(0, Math.round(share * (this.times.length - 1))));
    const x = this.x(i);
    this.cursor.append(element("line", { class: "cursor", x1: x, x2: x, y1: top, y2: this.host.clientHeight - bottom }));
    const rows = [Object.assign(document.createElement("div"), { textContent: new Date(this.times[i] * 1000).toLocaleTimeString() })];
    for (const one of this.series) {
      const value = one.values[i];
      if (value != null) this.cursor.append(element("circle", { class: `dot ${one.tone}`, cx: x, cy: this.y(value), r: 4 }));
      const row = document.createElement("div");
      row.append(`${one.name} `, Object.assign(document.createElement("b"), { textContent: value == null ? "–" : this.format(value) }));
      rows.push(row);
    }
    this.tip.replaceChildren(...rows);
    const tipWidth = this.tip.offsetWidth;
    this.tip.style.left = `${x + 12 + tipWidth > width ? x - 12 - tipWidth : x + 12}px`;
  }
}

// buckets: [{ at (ms), count }]; onPick(from, to) when a bar is chosen.
export const drawBars = (host, buckets, interval, onPick) => {
  const width = host.clientWidth, height = host.clientHeight;
  if (!width) return;
  const most = ceiling(Math.max(0, ...buckets.map(bucket => bucket.count)));
  const svg = element("svg", { role: "img", "aria-label": "Events over time", viewBox: `0 0 ${width} ${height}` });
  const y = value => top + (height - top - bottom) * (1 - value / most);
  for (const share of [0, 1]) {
    const at = Math.round(y(most * share)) + 0.5;
    svg.append(element("line", { class: "rule", x1: left, x2: width - right, y1: at, y2: at }));
    svg.append(element("text", { x: left - 8, y: at + 4, "text-anchor": "end" }, Math.round(most * share).toLocaleString("en")));
  }
  const step = (width - left - right) / Math.max(1, buckets.length);
  buckets.forEach((bucket, i) => {
    if (!bucket.count) return;
    const bar = element("rect", { class: "bar-of", x: left + i * step + 0.5, width: Math.max(1, step - 1), y: y(bucket.count), height: Math.max(1, y(0) - y(bucket.count)), rx: 1 });
    bar.append(element("title", {}, `${new Date(bucket.at).toLocaleString()}: ${bucket.count.toLocaleString("en")}`));
    bar.addEventListener("click", () => onPick(bucket.at, bucket.at + interval));
    svg.append(bar);
  });
  const label = bucket => interval >= 3600000 ? new Date(bucket.at).toLocaleDateString(undefined, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" }) : new Date(bucket.at).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
  if (buckets.length > 1) {
    svg.append(element("text", { x: left, y: height - 4 }, label(buckets[0])));
    svg.append(element("text", { x: width - right, y: height - 4, "text-anchor": "end" }, label(buckets[buckets.length - 1])));
  }
  host.replaceChildren(svg);
};
