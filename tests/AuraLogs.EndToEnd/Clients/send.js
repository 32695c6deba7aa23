// Sends events with Fluent's own Node client and waits for every ack: node send.js PORT COUNT MODE [equal]; equal ones have a whole second for their time
const { FluentClient, EventTime } = require("@fluent-org/logger");

const [port, count, eventMode, equal] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4], process.argv[5] === "equal"];
const client = new FluentClient("node", { eventMode, ack: { ackTimeout: 10000 }, socket: { host: "127.0.0.1", port, timeout: 30000 } });

(async () => {
  const sent = [];
  const second = new EventTime(Math.floor(Date.now() / 1000), 0);
  for (let number = 0; number < count; number++)
    sent.push(client.emit(eventMode.toLowerCase(), { number: equal ? 0 : number, lvl: "INFO", text: "žluťoučký kůň" }, equal ? second : EventTime.now()));
  await Promise.all(sent);
  await client.disconnect();
  console.log("all acknowledged");
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
