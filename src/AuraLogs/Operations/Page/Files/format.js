// Numbers for people: short where a glance is enough, exact where they are compared.

const grouped = new Intl.NumberFormat("en");
const none = "–";

const short = (value, units, base) => {
  let unit = 0;
  while (Math.abs(value) >= base && unit < units.length - 1) {
    value /= base;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toFixed(digits) + units[unit];
};

export const count = value => value == null ? none : Math.abs(value) < 100000
  ? grouped.format(value > 0 && value < 1 ? Math.round(value * 10) / 10 : Math.round(value))
  : short(value, ["", " k", " M", " G", " T"], 1000);
export const exact = value => value == null ? none : grouped.format(value);
export const tenth = value => value == null ? none : value.toFixed(1);
export const bytes = value => value == null ? none : short(value, [" B", " KiB", " MiB", " GiB", " TiB"], 1024);
export const bytesRate = value => value == null ? none : bytes(value) + "/s";
export const percent = value => value == null ? none : (value * 100).toFixed(value < 0.1 ? 1 : 0) + " %";
export const cores = value => value == null ? none : value.toFixed(2);
export const days = value => value == null ? none : value === 1 ? "1 day" : `${value} days`;
export const version = value => value ? `version ${value}` : "";

export const latency = seconds => {
  if (seconds == null) return none;
  if (seconds < 0.01) return (seconds * 1000).toFixed(1) + " ms";
  if (seconds < 1) return Math.round(seconds * 1000) + " ms";
  return seconds.toFixed(seconds < 10 ? 1 : 0) + " s";
};

export const duration = seconds => {
  if (seconds == null) return none;
  if (seconds < 1) return "under 1 s";
  if (seconds < 60) return Math.round(seconds) + " s";
  if (seconds < 3600) return Math.floor(seconds / 60) + " min";
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds % 3600 / 60)} min`;
  return `${Math.floor(seconds / 86400)} d ${Math.floor(seconds % 86400 / 3600)} h`;
};

export const age = seconds => seconds ? duration(seconds) : "nothing waits";

export const untilFull = seconds => seconds == null ? "not filling" : duration(seconds);

// The server's clock is the one that counts: the browser's may be wrong.
let serverNow = Date.now();
export const setNow = time => { serverNow = Date.parse(time); };
export const since = time => Math.max(0, (serverNow - Date.parse(time)) / 1000);
export const ago = time => !time ? "never" : since(time) < 2 ? "now" : `${duration(since(time))} ago`;
export const uptime = time => time ? `up ${duration(since(time))}` : "";
